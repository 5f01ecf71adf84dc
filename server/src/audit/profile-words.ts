import { closestLimit, type Profile, type ProfileTemplate, type SelfReport, type UtcProfile } from "@truebound/audit";
import { atMost, samplingAdvice } from "@truebound/time";

export type AnyProfile = Profile | ProfileTemplate;

/** The limit, short: one figure where it is the same both ways. */
export function limitInWords(profile: AnyProfile): string {
  if (profile.kind === "template") return "yours";
  if (profile.kind === "pair" || isEven(profile)) return atMost(closestLimit(profile));
  const [least, greatest] = profile.limit_ns;
  return `${atMost(-least)} behind, ${atMost(greatest)} ahead`;
}

const isEven = ({ limit_ns: [least, greatest] }: UtcProfile): boolean => -least === greatest;

const MARK = "(not verified)";
const marked = (text: string, verified: boolean): string => (verified ? text : `${text} ${MARK}`);

/** One line of a list. */
export function lineOf(profile: AnyProfile, widest: number): string {
  const draft = profile.kind !== "pair" && profile.status === "draft" ? " (draft)" : "";
  const ends = profile.valid_to === null ? "" : ` (to ${profile.valid_to})`;
  const title = `${profile.title}${draft}${ends}`;
  return `${profile.id.padEnd(widest)}  ${profile.kind.padEnd(8)}  ${limitInWords(profile).padStart(10)}  ${marked(title, profile.verified)}\n`;
}

type Line = readonly [string, string];

/** All of one, a line for each field. */
export function profileInWords(profile: AnyProfile, sha256: string): string {
  const lines: Line[] = [
    ["id", profile.id],
    ["title", profile.title],
    ["kind", profile.kind],
    ["limit", limitInFull(profile)],
    ["on", profile.limit_on],
    ...(profile.kind === "pair" ? [] : termLines(profile)),
    ["in force", inForce(profile)],
    ["jurisdiction", profile.jurisdiction ?? "none"],
    ["source", [profile.source.text, ...(profile.source.url === null ? [] : [profile.source.url])].join("; ")],
    ["verified", profile.verified ? "yes: read where it is set" : "no: read elsewhere only"],
    ["note", profile.note],
    ["sha256", sha256],
    ...adviceLines(profile),
  ];
  return lines.map(([name, value]) => `${name.padEnd(12)}  ${value}\n`).join("");
}

function limitInFull(profile: AnyProfile): string {
  if (profile.kind === "template")
    return `yours: the rule names none. truebound apply makes a profile of it, with template: ${profile.id} and a limit, such as ${atMost(profile.suggested_limit_ns)}`;
  if (profile.kind === "pair" || isEven(profile)) return `${limitInWords(profile)} (${closestLimit(profile)} ns), either way`;
  const [least, greatest] = profile.limit_ns;
  return `${limitInWords(profile)} (${least} ns to ${greatest} ns)`;
}

/** The first day of the count stands for "nobody says since when". */
const since = ({ valid_from }: AnyProfile): string => (valid_from === "1970-01-01" ? "nobody says since when" : `from ${valid_from}`);
const inForce = (profile: AnyProfile): string =>
  `${since(profile)}${profile.valid_to === null ? "; it goes on" : ` to ${profile.valid_to}`}`;

type Terms = UtcProfile | ProfileTemplate;

const termLines = (profile: Terms): Line[] => {
  const { granularity_ns, retention_years, traceability, unverified } = profile;
  const figure = (name: (typeof unverified)[number], text: string) => marked(text, !unverified.includes(name));
  return [
    ...(profile.kind === "utc" && profile.template !== null ? [["template", profile.template] as const] : []),
    ["granularity", granularity_ns === null ? "no rule" : figure("granularity_ns", `${atMost(granularity_ns)} or finer`)],
    ["retention", retention_years === null ? "no rule" : figure("retention_years", `${retention_years} years`)],
    ["traceability", figure("traceability", traceability)],
    ["reference", `${profile.reference}; a leap smear counts as ${SMEAR[profile.smear]}`],
    ["self-report", profile.self_report === null ? "no rule" : selfReportInWords(profile.self_report)],
    ["horizon", atMost(profile.horizon_ns)],
    ["unverified", profile.counts_unverified ? "bounds of that status count" : "bounds of that status do not count"],
    ["status", profile.status === "draft" ? "draft: its text has not been read where it is law" : "in force by its days"],
  ];
};

const SMEAR: Readonly<Record<UtcProfile["smear"], string>> = {
  divergence: "divergence",
  reference: "the scale itself",
  corrected: "taken out before stamps are made",
};

function selfReportInWords({ often, multiple_of_limit, lasting_ns, verified }: SelfReport): string {
  const grounds = [
    ...(often === null ? [] : [`${often.count} episodes within ${atMost(often.window_ns)}`]),
    ...(multiple_of_limit === null ? [] : [`one beyond ${multiple_of_limit} x the limit`]),
    ...(lasting_ns === null ? [] : [`one of ${atMost(lasting_ns)} or longer`]),
  ];
  return marked(grounds.join(", or "), verified);
}

/** What the clocks of machines are taken to be good for: an oven, a crystal that was calibrated, one that was not, and what is assumed of any. */
const TYPICAL_PPB = [1000n, 15_000n, 50_000n, 200_000n];
/** So much of the limit is taken as the bound of a sample. */
const SHARE = 5n;

/** How often must be sampled, for drifts as they are met: the longest gaps by which a proof does not break. */
function adviceLines(profile: AnyProfile): Line[] {
  if (profile.kind === "template") return [];
  // Two clocks share the limit between them.
  const limit_ns = profile.kind === "pair" ? profile.limit_ns / 2n : closestLimit(profile);
  const bound_ns = limit_ns / SHARE;
  const horizon_ns = profile.kind === "pair" ? null : profile.horizon_ns;
  const of = profile.kind === "pair" ? "half of the limit for each clock, " : "";
  return TYPICAL_PPB.flatMap((drift_ppb): Line[] => {
    const advice = samplingAdvice({ limit_ns, bound_ns, excursion_ns: 0n, drift_ppb, horizon_ns });
    if (typeof advice === "string") return [];
    const gaps = `${atLeast(advice.report_ns)} in a report, ${atLeast(advice.live_ns)} live, ${atLeast(advice.interleaved_ns)} live and interleaved`;
    return [["sampling", `${of}samples within ${atMost(bound_ns)}, drift ${drift_ppb / 1000n} ppm: at most ${gaps}`]];
  });
}

const MS = 1_000_000n;
const US = 1000n;
/** Rounded down, to a thousandth of its unit. */
export function atLeast(gap: bigint): string {
  const [unit, step] = gap >= 1000n * MS ? (["s", MS] as const) : gap >= MS ? (["ms", US] as const) : (["µs", 1n] as const);
  const thousandths = gap / step;
  const fraction = (thousandths % 1000n).toString().padStart(3, "0").replace(/0+$/, "");
  return `${thousandths / 1000n}${fraction === "" ? "" : `.${fraction}`} ${unit}`;
}
