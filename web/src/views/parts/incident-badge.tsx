import type { JSX } from "preact";
import { useOpenIncidents } from "../../api/open-incidents.ts";
import { countWords } from "../../format/count-words.ts";
import { isUrgent } from "../../format/severity.ts";
import { counted } from "../incidents/truth.ts";
import { staleSince } from "./stale-since.ts";
import { useLiveState } from "./use-live-state.ts";

/** How many open incidents page somebody or are a ticket; a question mark where that is not known. */
export function IncidentBadge(): JSX.Element | null {
  const { loaded } = useOpenIncidents();
  const isStale = staleSince(loaded, useLiveState()) !== null;
  if (loaded.kind === "loading") return null;
  if (loaded.kind === "failed" || isStale || loaded.value.judging.isLate)
    return <Badge tone="unknown" text="?" means="how many are open now is not known" />;
  const urgent = counted(loaded.value.items).filter(isUrgent);
  if (urgent.length === 0) return null;
  const tone = urgent.some(({ severity }) => severity !== "warning") ? "critical" : "warning";
  return <Badge tone={tone} text={String(urgent.length)} means={`${countWords(urgent.length, "open incident")}, the worst ${tone}`} />;
}

interface BadgeProps {
  readonly tone: "critical" | "warning" | "unknown";
  readonly text: string;
  readonly means: string;
}

const Badge = ({ tone, text, means }: BadgeProps): JSX.Element => (
  <span class={`badge badge-${tone}`} title={means}>
    <span aria-hidden="true">{text}</span>
    <span class="only-read">{means}</span>
  </span>
);
