import type { SourceDetail, SourceUser } from "@truebound/wire";
import type { JSX } from "preact";
import { useRef } from "preact/hooks";
import { axisOver } from "../../../charts/spread-layout.ts";
import type { SymlogAxis } from "../../../charts/symlog.ts";
import { gridBackground } from "../../../charts/symlog-grid.ts";
import { SymlogScale } from "../../../charts/symlog-scale.tsx";
import { countWords } from "../../../format/count-words.ts";
import { sourcePath } from "../../../route/place.ts";
import { SearchBox } from "../../parts/search-box.tsx";
import { useListKeys } from "../../parts/use-list-keys.ts";
import { UserRow } from "./user-row.tsx";
import { matchingUsers } from "./users.ts";

const ROWS_MAX = 300;
const HINTS = { placeholder: "Search hosts", label: "Search hosts by name, state or why" };

interface UsersSectionProps {
  readonly source: SourceDetail;
  readonly search: string;
}

/** Each host that uses it: what it makes of it, why, and the interval that both together prove. */
export function UsersSection({ source, search }: UsersSectionProps): JSX.Element {
  const words = new URLSearchParams(search).get("q") ?? "";
  const found = matchingUsers(source.by_host, words);
  const box = useRef<HTMLElement>(null);
  useListKeys(box);
  return (
    <section ref={box} aria-labelledby="users-title">
      <div class="section-head">
        <h2 id="users-title">Who uses it</h2>
        <p>
          {words === "" ? "" : `${found.length} of ${source.by_host.length}. `}Those that call it false first, then by how far they are
          apart.
        </p>
      </div>
      <div class="tools">
        <SearchBox words={words} search={search} path={sourcePath(source.id)} hints={HINTS} />
      </div>
      {found.length === 0 ? (
        <p class="none">No host matches “{words}”.</p>
      ) : (
        <UserTable users={found.slice(0, ROWS_MAX)} search={search} axis={axisOver(found.map(({ offset }) => offset))} />
      )}
      <LeftOut found={found.length} unasked={source.left_out} />
    </section>
  );
}

function LeftOut({ found, unasked }: { readonly found: number; readonly unasked: number }): JSX.Element | null {
  if (found <= ROWS_MAX && unasked === 0) return null;
  return (
    <p class="none">
      {found > ROWS_MAX && `The first ${ROWS_MAX} of ${found} are shown; search to see others. `}
      {unasked > 0 && `${countWords(unasked, "host")} more use it, and are not listed here.`}
    </p>
  );
}

interface UserTableProps {
  readonly users: readonly SourceUser[];
  readonly search: string;
  readonly axis: SymlogAxis;
}

const UserTable = ({ users, search, axis }: UserTableProps): JSX.Element => (
  <table class="sources source-users" style={{ "--grid": gridBackground(axis) }}>
    <thead>
      <tr>
        <th scope="col">Host</th>
        <th scope="col">What it makes of it, and why</th>
        <th scope="col" class="col-axis">
          <span class="axis-title">
            <span>◂ ahead of UTC</span> <span class="axis-name">the source's offset, by this host</span> <span>behind UTC ▸</span>
          </span>
          <SymlogScale axis={axis} />
        </th>
        <th scope="col">Delay</th>
        <th scope="col">Replies / polls</th>
      </tr>
    </thead>
    <tbody>
      {users.map((user) => (
        <UserRow key={user.host} user={user} axis={axis} search={search} />
      ))}
    </tbody>
  </table>
);
