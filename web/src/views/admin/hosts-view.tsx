import type { EnrolledHost, EnrolledHostList, HostChangeRequest } from "@truebound/wire";
import type { JSX } from "preact";
import { changeEnrolment } from "../../api/admin-requests.ts";
import { useServices } from "../../api/services.ts";
import { useEnrolments } from "../../api/use-admin.ts";
import type { Look } from "../../format/status-look.ts";
import { adminPath } from "../../route/admin-place.ts";
import { Link } from "../../route/link.tsx";
import { hostPath } from "../../route/place.ts";
import { withQuery } from "../../route/query.ts";
import { Age } from "../parts/age.tsx";
import { Mark } from "../parts/mark.tsx";
import { SearchBox } from "../parts/search-box.tsx";
import { AdminList } from "./admin-list.tsx";
import { labelsText } from "./labels-text.ts";
import { Press } from "./press.tsx";

const LOOKS: Readonly<Record<EnrolledHost["state"], Look | null>> = {
  pending: "unknown",
  // That it may report says nothing of its clock.
  active: null,
  suspended: "holdover",
  revoked: "conflict",
  retired: "silent",
};
const STATES: Readonly<Record<EnrolledHost["state"], string>> = {
  pending: "waits for approval",
  active: "may report",
  suspended: "suspended",
  revoked: "revoked",
  retired: "retired",
};

/** Which hosts may report, a page at a time; what is searched and which page it is stand in the address. */
export function HostsView({ search }: { readonly search: string }): JSX.Element {
  const query = new URLSearchParams(search);
  const [words, after] = [query.get("q") ?? "", query.get("after") ?? ""];
  const request = useEnrolments(words, after);
  const { loaded } = request;
  return (
    <>
      <div class="tools">
        <SearchBox
          words={words}
          search={withQuery(search, { after: null })}
          path={adminPath("hosts")}
          hints={{ placeholder: "Find a host", label: "Find hosts by name, label or state" }}
        />
        {loaded.kind === "ready" && <span class="tools-end">{countText(loaded.value)}</span>}
      </div>
      <AdminList
        id="hosts"
        title="Hosts"
        says="who may report; what a host sent stays as evidence, whatever becomes of it. Labels come from its token and its own settings"
        none={words === "" && after === "" ? "No host is enrolled: make a join token under Join." : "No host fits this search."}
        request={request}
      >
        {(hosts) => <HostTable hosts={hosts} onChanged={request.renew} />}
      </AdminList>
      {loaded.kind === "ready" && <Pages search={search} after={after} next={loaded.value.next} />}
    </>
  );
}

const countText = ({ items, found, total }: EnrolledHostList): string =>
  `${items.length < found ? `${items.length} shown of ` : ""}${found === total ? `${total} in all` : `${found} that fit, ${total} in all`}`;

interface PagesProps {
  readonly search: string;
  /** Of this page; empty = it is the first. */
  readonly after: string;
  readonly next: string | null;
}

/** Back goes by the browser, page by page. */
function Pages({ search, after, next }: PagesProps): JSX.Element | null {
  if (after === "" && next === null) return null;
  const to = (place: string | null): string => `${adminPath("hosts")}${withQuery(search, { after: place })}`;
  return (
    <nav class="pages" aria-label="Pages of hosts">
      {after !== "" && <Link to={to(null)}>First page</Link>}
      {next !== null && <Link to={to(next)}>Next page</Link>}
    </nav>
  );
}

interface HostTableProps {
  readonly hosts: readonly EnrolledHost[];
  readonly onChanged: () => void;
}

const HostTable = ({ hosts, onChanged }: HostTableProps): JSX.Element => (
  <table class="sources admin-table admin-hosts">
    <thead>
      <tr>
        <th scope="col">Host</th>
        <th scope="col">State</th>
        <th scope="col">Enrolled</th>
        <th scope="col">Last heard</th>
        <th scope="col">Change</th>
      </tr>
    </thead>
    <tbody>
      {hosts.map((host) => (
        <HostRow key={host.id} host={host} onChanged={onChanged} />
      ))}
    </tbody>
  </table>
);

const HostRow = ({ host, onChanged }: { readonly host: EnrolledHost; readonly onChanged: () => void }): JSX.Element => (
  <tr>
    <th scope="row" class="source-name">
      <Link to={hostPath(host.id)}>{host.name}</Link>
      <span class="fact-note">{labelsText(host.labels)}</span>
    </th>
    <td data-name="state">
      <State state={host.state} />
    </td>
    <td data-name="enrolled">
      <Ago at={host.enrolled_at} />
    </td>
    <td data-name="last heard">{host.last_received_at === null ? <span class="muted">never</span> : <Ago at={host.last_received_at} />}</td>
    <td class="presses">
      {host.may_become.map((to) => (
        <Change key={to} host={host} to={to} onChanged={onChanged} />
      ))}
    </td>
  </tr>
);

const State = ({ state }: Pick<EnrolledHost, "state">): JSX.Element => {
  const look = LOOKS[state];
  return (
    <span class="admin-state">
      {look !== null && <Mark look={look} />} {STATES[state]}
    </span>
  );
};

const Ago = ({ at }: { readonly at: string }): JSX.Element => (
  <>
    <Age at={at} /> ago
  </>
);

interface ChangeProps {
  readonly host: EnrolledHost;
  readonly to: HostChangeRequest["to"];
  readonly onChanged: () => void;
}

const VERBS = { approve: "Approve", suspend: "Suspend", resume: "Resume", revoke: "Revoke" } as const;

function Change({ host, to, onChanged }: ChangeProps): JSX.Element {
  const { clock } = useServices();
  const warning = warningOf(to, host.name);
  return (
    <Press
      verb={VERBS[to]}
      what={host.name}
      send={() => changeEnrolment(host.id, to, clock)}
      done={({ state }) => STATES[state]}
      onDone={onChanged}
      {...(warning === null ? {} : { warning })}
    />
  );
}

function warningOf(to: ChangeProps["to"], name: string): string | null {
  if (to === "revoke")
    return `What ${name} sends is refused for good, and its clock is watched no more. This cannot be undone: its key is never let in again. What it sent so far stays.`;
  if (to === "suspend")
    return `What ${name} sends is refused until somebody resumes it. Its agent goes on measuring, keeps what it measured, and sends it then.`;
  return null;
}
