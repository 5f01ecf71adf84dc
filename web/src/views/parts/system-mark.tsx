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
      <Rack />
      <span class="system-word">System</span>
      <span class={`badge badge-${state === "fail" ? "critical" : "warning"}`} title={means} aria-hidden="true">
        {count}
      </span>
      <span class="only-read">, {means}</span>
    </Link>
  );
}

/** In place of the word where there is no room for it. */
const Rack = (): JSX.Element => (
  <svg class="system-rack" viewBox="0 0 20 20" aria-hidden="true">
    <rect x="2" y="3" width="16" height="6" rx="1.5" />
    <rect x="2" y="11" width="16" height="6" rx="1.5" />
    <path d="M5.5 6h.01M5.5 14h.01M9 6h6M9 14h6" />
  </svg>
);
