import type { MeshMember } from "@truebound/wire";
import type { JSX } from "preact";
import { useRef } from "preact/hooks";
import { Link } from "../../route/link.tsx";
import { PEERS_PATH } from "../../route/place.ts";
import { withQuery } from "../../route/query.ts";
import { SearchBox } from "../parts/search-box.tsx";
import { useListKeys } from "../parts/use-list-keys.ts";
import { matchingMembers, type Sort, sorted, sortOf } from "./member-order.ts";
import { MemberRow } from "./member-row.tsx";

const ROWS_MAX = 500;
const HINTS = { placeholder: "Search members", label: "Search members by name, label, standing or trouble" };

interface MembersSectionProps {
  readonly members: readonly MeshMember[];
  readonly search: string;
  readonly isContradicted: boolean;
}

export function MembersSection({ members, search, isContradicted }: MembersSectionProps): JSX.Element {
  const query = new URLSearchParams(search);
  const words = query.get("q") ?? "";
  const sort = sortOf(query.get("sort"));
  const found = sorted(matchingMembers(members, words), sort);
  const list = useRef<HTMLElement>(null);
  useListKeys(list);
  return (
    <section ref={list} aria-labelledby="members-title">
      <div class="section-head">
        <h2 id="members-title">Members</h2>
        {words !== "" && (
          <p class="num">
            {found.length} of {members.length}
          </p>
        )}
      </div>
      <div class="tools">
        <SearchBox words={words} search={search} path={PEERS_PATH} hints={HINTS} />
        <Sorts search={search} sort={sort} />
      </div>
      {found.length === 0 ? (
        <p class="none">No member matches “{words}”.</p>
      ) : (
        <MemberTable members={found.slice(0, ROWS_MAX)} search={search} isContradicted={isContradicted} />
      )}
      {found.length > ROWS_MAX && (
        <p class="none">
          The first {ROWS_MAX} of {found.length} are shown; search to see others.
        </p>
      )}
    </section>
  );
}

const SORT_WORDS: Readonly<Record<Sort, string>> = {
  standing: "accused first",
  name: "name",
  bound: "widest bound",
  measured: "least compared",
};

const Sorts = ({ search, sort }: { readonly search: string; readonly sort: Sort }): JSX.Element => (
  <nav class="ranges" aria-label="Order of the members">
    {(Object.keys(SORT_WORDS) as Sort[]).map((name) => (
      <Link key={name} to={`${PEERS_PATH}${withQuery(search, { sort: name === "standing" ? null : name })}`} current={name === sort}>
        {SORT_WORDS[name]}
      </Link>
    ))}
  </nav>
);

const MemberTable = (props: MembersSectionProps): JSX.Element => (
  <table class="sources members">
    <thead>
      <tr>
        <th scope="col">Member</th>
        <th scope="col">Standing</th>
        <th scope="col">Offset by its own sources</th>
        <th scope="col">Offset by all constraints</th>
        <th scope="col">Measures / by</th>
        <th scope="col">Trouble, remarks</th>
      </tr>
    </thead>
    <tbody>
      {props.members.map((member) => (
        <MemberRow key={member.id} member={member} search={props.search} isContradicted={props.isContradicted} />
      ))}
    </tbody>
  </table>
);
