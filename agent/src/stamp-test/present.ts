import { absolute, atMost, formatUtc, utc } from "@truebound/time";
import { STAMP_TEST, type StampStatement } from "@truebound/wire";
import { printable } from "../observe/printable.ts";
import type { Spread, StampError, StampVerdict } from "./judge-rounds.ts";

/** Whose test it is, and under what conditions. */
export interface Circumstances
  extends Pick<
    StampStatement,
    "agent" | "host" | "software" | "boot_id" | "command" | "stamp_point" | "clock" | "warm_up" | "load_workers" | "processors"
  > {
  readonly began: bigint;
  readonly ended: bigint;
}

export function statementOf(verdict: StampVerdict, { began, ended, ...rest }: Circumstances): StampStatement {
  const { granularity, worst } = verdict;
  return {
    ...rest,
    format: STAMP_TEST,
    began_at: formatUtc(utc(began)),
    ended_at: formatUtc(utc(ended)),
    mode: verdict.appError === null ? "arrivals" : "request_answer",
    rounds: verdict.rounds,
    error: sayError(verdict.error),
    app_error_ns: verdict.appError?.toString() ?? null,
    unseen_phase_ns: String(verdict.unseenPhase),
    granularity: {
      format: granularity.format,
      unit_ns: String(granularity.unit),
      effective_ns: String(granularity.effective),
      smallest_step_ns: granularity.smallestStep?.toString() ?? null,
      repeated: granularity.repeated,
    },
    worst: {
      round: worst.number,
      stamp: printable(worst.round.stamp.text, 64) ?? "",
      before_ns: worst.round.before?.toString() ?? null,
      after_ns: String(worst.round.after),
      error: sayError(worst.error),
    },
    round_time: verdict.roundTime && saySpread(verdict.roundTime),
    distribution: saySpread(verdict.spread),
  };
}

const sayError = ({ lo, hi }: StampError) => ({ lo_ns: lo?.toString() ?? null, hi_ns: String(hi) });
const saySpread = ({ p50, p90, p99, max }: Spread) => ({
  p50_ns: String(p50),
  p90_ns: String(p90),
  p99_ns: String(p99),
  max_ns: String(max),
});

/** To be filed: what was measured, how, and what it says and does not say. */
export function stampTestText(statement: StampStatement, signed: { readonly publicKey: string; readonly signature: string }): string {
  const rows: (readonly [string, string])[] = [
    ["application", statement.command.map((word) => printable(word, 200) ?? '""').join(" ")],
    ["stamp point", statement.stamp_point ?? "not named (--stamp-point)"],
    ["host", `${statement.host}${statement.agent === null ? ", not enrolled" : `, ${statement.agent}`}`],
    ["clock", `${statement.clock}, boot ${statement.boot_id}`],
    ["from, to", `${statement.began_at}, ${statement.ended_at} (by that clock)`],
    ["load", `${statement.load_workers} busy ${statement.load_workers === 1 ? "worker" : "workers"} on ${statement.processors} processors`],
    ["rounds", `${statement.rounds}, after ${statement.warm_up} that do not count`],
    ["application error", appErrorWords(statement)],
    ["clock - stamp", errorWords(statement.error)],
    ["granularity", granularityWords(statement)],
    ["worst", `round ${statement.worst.round}, stamp ${statement.worst.stamp}: ${errorWords(statement.worst.error)}`],
    ["greatest of a round", spreadWords(statement.distribution)],
    ...(statement.round_time === null ? [] : [["length of a round", spreadWords(statement.round_time)] as const]),
    ["public key", signed.publicKey],
    ["signature", signed.signature],
  ];
  const width = Math.max(...rows.map(([name]) => name.length));
  return `${[`Stamp test (${statement.format})`, "", ...rows.map(([name, words]) => `${name.padEnd(width)}  ${words}`), "", ...meaning(statement)].join("\n")}\n`;
}

const span = (text: string): string => atMost(BigInt(text));

function appErrorWords({ app_error_ns, unseen_phase_ns, error, granularity }: StampStatement): string {
  if (app_error_ns === null) return "not bounded: nobody asked, so nothing says how long before its line the event was";
  const phase =
    BigInt(unseen_phase_ns) === 0n ? "" : `, of which ${span(unseen_phase_ns)} for phases of the granularity that were not seen`;
  const grain = BigInt(granularity.effective_ns);
  const outside = error.lo_ns !== null && (BigInt(error.lo_ns) >= grain || BigInt(error.hi_ns) <= -grain);
  return `at most ${span(app_error_ns)} (app_error_ns ${app_error_ns})${phase}${outside ? "; no stamp can be a reading of this clock within its round" : ""}`;
}

const errorWords = ({ lo_ns, hi_ns }: StampStatement["error"]): string =>
  lo_ns === null ? `at most ${hi_ns} ns` : `from ${lo_ns} to ${hi_ns} ns`;

function granularityWords({ granularity: { format, unit_ns, effective_ns, smallest_step_ns, repeated } }: StampStatement): string {
  const digits = unit_ns === effective_ns ? "" : `; the digits below ${span(effective_ns)} never vary`;
  const step = smallest_step_ns === null ? "all stamps are equal" : `smallest step ${span(smallest_step_ns)}`;
  return `${format}, last digit ${span(unit_ns)}${digits}; ${step}${repeated === 0 ? "" : `, ${repeated} equal to the one before`}`;
}

const spreadWords = ({ p50_ns, p90_ns, p99_ns, max_ns }: StampStatement["distribution"]): string =>
  `p50 ${span(p50_ns)}, p90 ${span(p90_ns)}, p99 ${span(p99_ns)}, most ${span(max_ns)}`;

function meaning({ mode, worst }: StampStatement): string[] {
  if (mode === "arrivals")
    return [
      "Only arrivals were read: at no instant until a line was here was the clock further ahead of its stamp than said above.",
      ...(worst.after_ns !== null && BigInt(worst.error.hi_ns) < 0n
        ? [`A stamp lay ahead of the clock by ${about(worst.error.hi_ns)}.`]
        : []),
    ];
  return [
    "In each round the clock was read before the question went out and after the whole answer was here. At every instant between,",
    "so also at the event that the application stamped, the written stamp was no further from this host's clock than said above.",
    "How far this clock was from UTC is not in it: that is what the agent proves.",
  ];
}

const about = (text: string): string => atMost(absolute(BigInt(text)));
