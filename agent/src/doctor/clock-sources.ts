import { atMost, halfWidth } from "@truebound/time";
import { type Check, check } from "./check.ts";
import type { ClockSourceFacts, DoctorFacts } from "./facts.ts";

/** Each PTP port and card's clock that is a source: whether it gives an interval just now, and what it rests on; else why not. */
export const checkClockSources = ({ clockSources }: DoctorFacts): Check[] =>
  clockSources.flatMap((source) => {
    const counts = source.isDeclared ? "it may count: its error is declared" : "it counts for nothing: TRUEBOUND_DECLARED does not name it";
    return source.taken.kind === "refused" ? refused(source, source.taken.reason) : given(source, counts);
  });

function given({ id, says, assumes, taken }: ClockSourceFacts, counts: string): Check {
  const [reading] = taken.kind === "readings" ? taken.readings : [];
  const width = reading === undefined ? "" : `, ± ${atMost(halfWidth(reading))}`;
  const text = `${id} gives intervals on UTC${width}${grandmaster(says)}; they rest on ${assumes.join(", ")}; ${counts}`;
  return check("clock_source", counts.startsWith("it may") ? "ok" : "note", text);
}

function grandmaster(says: ClockSourceFacts["says"]): string {
  if (typeof says.grandmaster !== "string") return "";
  return `, by the grandmaster ${says.grandmaster} of class ${says.clock_class} (${says.class_says}), ${says.steps_removed} away`;
}

const refused = ({ id, says }: ClockSourceFacts, reason: string): Check =>
  check(
    "clock_source",
    "warn",
    `${id} gives nothing: ${reason}${grandmaster(says)}`,
    ...TODO.filter(([form]) => form.test(reason)).map(([, todo]) => todo),
  );

const TODO: readonly (readonly [RegExp, string])[] = [
  [/^ptp_pmc_absent$/, "install pmc, which comes with linuxptp"],
  [/^ptp_pmc_(denied|refused|timeout)$/, "let this user reach ptp4l's socket: uds_ro_address, and uds_ro_file_mode 0666 (linuxptp 4)"],
  [/^ptp_boundary_clocks_undeclared$/, "declare boundary=NS, what one boundary clock on the way is off at most"],
  [/^ptp_grandmaster_in_holdover$/, "mend the grandmaster's GNSS, or declare holdover=NS by its data sheet"],
  [/^ptp_grandmaster_(degraded|unsynchronised)$/, "mend the grandmaster's GNSS"],
  [
    /^ptp_(arbitrary_timescale|utc_offset_.*|not_time_traceable)$/,
    "have the grandmaster announce ptpTimescale, timeTraceable and a valid currentUtcOffset",
  ],
  [/^ptp_stamp_outside$/, "name the clock that ptp4l stamps with: clock=/dev/ptpN or clock=realtime"],
  [/^ptp_clock_slew_undeclared$/, "declare slew=PPM: its driver allows any rate, and ptp4l's max_frequency says what is made of that"],
  [/_no_leap_list$/, "enrol the agent: its leap list comes with the policy"],
  [/^phc_denied$/, "let this user read the device: its group, or DeviceAllow=char-ptp r in the unit"],
  [/^phc_bound_unknown$/, "nothing tells its error: use a driver with phc_error_bound, or declare bound=NS"],
];
