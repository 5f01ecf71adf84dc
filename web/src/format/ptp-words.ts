import type { HostSource } from "@truebound/wire";
import { worstErrorText } from "./bound.ts";

const CLASSES: Readonly<Record<string, string>> = {
  locked: "follows a reference of time",
  holdover: "in holdover",
  degraded: "out of its holdover specification",
  arbitrary: "of a timescale of its own",
  default: "follows nothing",
  slave_only: "serves nobody",
  unknown: "of no meaning in the standard",
};

const DELAYS: Readonly<Record<string, string>> = {
  end_to_end: "delay measured to the clock that is heard",
  peer_to_peer:
    "delay measured to the neighbour: what lies behind is declared, and transparent clocks on the way are only assumed to be right",
};
const STEPS: Readonly<Record<string, string>> = {
  one: "heard from a one-step clock",
  two: "heard from a two-step clock",
  both: "heard from one-step and two-step clocks: more than one sends",
};

/** What a PTP port says of whom it follows, a line each; what it has not said yet is left out. */
export function ptpLines({ facts = {} }: Pick<HostSource, "facts">): string[] {
  const {
    grandmaster,
    clock_class,
    class_says,
    accuracy_ns,
    steps_removed,
    path_delay_ns,
    port_state,
    clock,
    sync_steps,
    delay_mechanism,
  } = facts;
  if (typeof grandmaster !== "string") return [];
  const boundary = Number(steps_removed) - 1;
  const way = boundary === 0 ? "heard itself" : `behind ${boundary} boundary ${boundary === 1 ? "clock" : "clocks"}`;
  return [
    `grandmaster ${grandmaster}, ${way}`,
    `class ${clock_class}: ${CLASSES[String(class_says)] ?? class_says}`,
    typeof accuracy_ns === "string" ? `within ${worstErrorText(accuracy_ns)} by its own word` : "its accuracy bounds nothing",
    `path delay ${typeof path_delay_ns === "string" ? worstErrorText(path_delay_ns) : "unknown"}, port ${port_state}, stamps of ${clock}`,
    ...[DELAYS[String(delay_mechanism)], STEPS[String(sync_steps)]].flatMap((line) => line ?? []),
  ];
}
