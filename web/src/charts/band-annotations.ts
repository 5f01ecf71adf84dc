import type { HostEvent, HostLimit } from "@truebound/wire";
import type { AnnotationOptions } from "chartjs-plugin-annotation";
import { toMs } from "../format/instant.ts";
import { limitText } from "../format/limit-words.ts";
import type { DrawUnit } from "../format/unit.ts";
import type { BandLook } from "./band-config.ts";

/** What happened, in one word that fits beside a line. */
const MARKED: Readonly<Record<string, string>> = {
  clock_stepped: "step",
  leap_applied: "leap",
  suspended: "suspend",
  process_paused: "pause",
  vm_disrupted: "moved",
  ruler_jumped: "jump",
  clocksource_changed: "clocksource",
  source_state_changed: "source",
  source_denied: "source",
  nts_pin_mismatch: "another key",
  grandmaster_changed: "grandmaster",
  grandmaster_lost_reference: "reference",
  grandmaster_class_changed: "class",
  grandmaster_regained_reference: "reference",
  bimodal: "two camps",
  frequency_or_step_change: "frequency",
  drift_assumption_broken: "drift",
  root_declared: "declared",
  root_declaration_void: "undeclared",
  slew_assumption_broken: "slew",
  bounds_inconsistent: "peers",
  daemon_bound_violated: "claim",
  daemon_dead: "daemon",
  daemon_in_minority_camp: "minority",
  unsynchronised_source_in_use: "unsynchronised",
  daemon_finding_over: "daemon",
};

export interface EventMark {
  readonly at_ms: number;
  readonly word: string;
  readonly event: HostEvent;
}

/** The kinds that a picture of a bound needs, oldest first. */
export const marksOf = (events: readonly HostEvent[]): EventMark[] =>
  events
    .flatMap((event) => {
      const word = MARKED[event.kind];
      return word === undefined ? [] : [{ at_ms: toMs(event.at), word, event }];
    })
    .sort((a, b) => a.at_ms - b.at_ms);

/** Words beside lines that are nearer than this share of the picture would lie on each other. */
const NEAR = 0.07;

/** Lines for limits and events. They never move a scale: what lies beyond the picture is said in the legend. */
export function bandAnnotations(
  { limits, events }: { readonly limits: readonly HostLimit[]; readonly events: readonly EventMark[] },
  { unit, from_ms, to_ms }: { readonly unit: DrawUnit; readonly from_ms: number; readonly to_ms: number },
  look: BandLook,
): Record<string, AnnotationOptions> {
  const lines = limits.flatMap((limit, index) =>
    [limit.lo_ns, limit.hi_ns].map((end) => {
      const isNamed = end === limit.hi_ns;
      return [`limit ${index} ${end}`, limitLine(Number(end) / unit.size_ns, { limit, isNamed }, look)] as const;
    }),
  );
  let last_ms = Number.NEGATIVE_INFINITY;
  const marks = events.map((mark, index) => {
    const isApart = mark.at_ms - last_ms > (to_ms - from_ms) * NEAR;
    if (isApart) last_ms = mark.at_ms;
    return [`event ${index}`, eventLine(mark, isApart, look)] as const;
  });
  return Object.fromEntries([...lines, ...marks]);
}

interface NamedLine {
  readonly limit: HostLimit;
  /** Only the upper one: both have one name. */
  readonly isNamed: boolean;
}

const limitLine = (value: number, { limit, isNamed }: NamedLine, { palette }: BandLook): AnnotationOptions => ({
  type: "line",
  scaleID: "y",
  value,
  adjustScaleRange: false,
  borderColor: palette.clash,
  borderWidth: 1.25,
  borderDash: [8, 4],
  label: {
    display: isNamed,
    content: `limit ${limitWords(limit)}, ${limit.scope}`,
    position: "end",
    backgroundColor: palette.surface,
    color: palette.clash,
    font: { family: palette.font, size: 11.5, weight: "normal" },
    padding: { x: 5, y: 2 },
  },
});

const eventLine = ({ at_ms, word }: EventMark, isNamed: boolean, { palette }: BandLook): AnnotationOptions => ({
  type: "line",
  scaleID: "x",
  value: at_ms,
  adjustScaleRange: false,
  borderColor: palette.muted,
  borderWidth: 1,
  borderDash: [2, 3],
  label: {
    display: isNamed,
    content: word,
    position: "start",
    backgroundColor: palette.ink,
    color: palette.surface,
    font: { family: palette.font, size: 11.5, weight: "normal" },
    padding: { x: 5, y: 2 },
  },
});

/** One figure where both sides are alike. */
export const limitWords = ({ lo_ns, hi_ns }: Pick<HostLimit, "lo_ns" | "hi_ns">): string =>
  lo_ns === `-${hi_ns}` ? limitText(hi_ns) : `−${limitText(lo_ns).slice(1)} to +${limitText(hi_ns).slice(1)}`;
