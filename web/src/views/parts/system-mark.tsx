import type { JSX } from "preact";
import { useSession } from "../../api/use-session.ts";
import { useSystem } from "../../api/use-system.ts";
import { countWords } from "../../format/count-words.ts";
import { adminPath } from "../../route/admin-place.ts";
import { Link } from "../../route/link.tsx";
import { tabsFor } from "../admin/may-enter.ts";

const POLL_MS = 60_000;

/** Where something of the service itself is not fine, a way there from every page. */
export function SystemMark(): JSX.Element | null {
  return tabsFor(useSession()).includes("system") ? <Asking /> : null;
}

/** Of a server that does not answer other parts of the page tell. */
function Asking(): JSX.Element | null {
  const { loaded } = useSystem(POLL_MS);
  if (loaded.kind !== "ready" || loaded.value.not_fine === 0) return null;
  const { not_fine: count, state } = loaded.value;
  const means = `${countWords(count, "thing")} of the service itself ${count === 1 ? "is" : "are"} not fine`;
  return (
    <Link to={adminPath("system")} class="system-mark">
      <span class="system-word">System</span>
      <span class={`badge badge-${state === "fail" ? "critical" : "warning"}`} title={means} aria-hidden="true">
        {count}
      </span>
      <span class="only-read">, {means}</span>
    </Link>
  );
}
