import {
  type BoundCase,
  type BoundExplanation,
  type CaseConstraint,
  type CaseExchange,
  type CaseSource,
  explainBound,
  fraction,
  type Interval,
  type Leap,
  TIMESCALES,
} from "@truebound/time";
import { CaseReader, type Json } from "./case-reader.ts";

/** `truebound explain bound`: a recorded case in, its `docs/explain.md` answer out. */
export type Explained =
  | { readonly kind: "explained"; readonly answer: object; readonly ignored: readonly string[]; readonly doubts: readonly string[] }
  | { readonly kind: "unreadable"; readonly problems: readonly string[]; readonly ignored: readonly string[] };

export function explainBoundCase(json: Json): Explained {
  const reader = new CaseReader(json);
  const given = readCase(reader);
  const ignored = reader.strangers;
  if (reader.problems.length > 0) return { kind: "unreadable", problems: reader.problems, ignored };
  return { kind: "explained", answer: say(explainBound(given)), ignored, doubts: doubtsOf(given) };
}

/** What is allowed and yet hardly meant. */
function doubtsOf({ sources }: BoundCase): string[] {
  const ids = sources.map(({ id }) => id);
  const twice = [...new Set(ids.filter((id, index) => ids.indexOf(id) !== index))];
  return twice.map(
    (id) => `several sources are named ${JSON.stringify(id)}: each counts as a vote of its own, unless "vote" says otherwise`,
  );
}

/** ppb by which the frequency may move, where the case does not say. */
const DEFAULT_SIGMA = fraction(2000n);

function readCase(reader: CaseReader): BoundCase {
  const given: BoundCase = {
    rho: reader.key("rho_ppb").decimal({ least: 0n }),
    sigma: reader.key("sigma_ppb").optional(DEFAULT_SIGMA, (key) => key.decimal({ least: 0n })),
    slopeMax: reader.key("b_max_ppb").optional(null, (key) => key.decimal({ least: 0n })),
    oscillator: reader.key("oscillator_ppb").optional(fraction(0n), (key) => key.decimal()),
    faults: reader.key("faults").optional(null, (key) => Number(key.integer({ least: 0n, most: BigInt(Number.MAX_SAFE_INTEGER) }))),
    at: reader.key("at_ns").integer(),
    leaps: reader.key("leaps").list(readLeap),
    sources: needed(reader.key("sources")).list(readSource),
  };
  for (const remark of ["id", "about", "expect"]) reader.key(remark);
  reader.closeObject();
  return given;
}

function needed(reader: CaseReader): CaseReader {
  if (!reader.present) reader.problem("is missing: it must be a list");
  return reader;
}

function readLeap(reader: CaseReader): Leap {
  const utc_ns = reader.key("utc_ns").integer();
  const step = reader.key("step").integer({ least: -1n, most: 1n });
  if (step === 0n) reader.problem("has step 0: it must be 1 (inserted) or -1 (deleted)");
  reader.closeObject();
  return { utc_ns, step: step < 0n ? -1 : 1 };
}

function readSource(reader: CaseReader): CaseSource {
  const source: CaseSource = {
    id: reader.key("id").text(),
    vote: reader.key("vote").optional(null, (key) => key.text()),
    trusted: reader.key("trusted").optional(false, (key) => key.flag()),
    timescale: reader.key("timescale").optional("utc", (key) => key.oneOf(TIMESCALES)),
    constraints: [...reader.key("intervals").list(readInterval).flat(), ...reader.key("constraints").list(readConstraint)],
    exchanges: reader.key("exchanges").list(readExchange),
  };
  reader.closeObject();
  return source;
}

function readInterval(reader: CaseReader): CaseConstraint[] {
  const at = reader.key("at_ns").integer();
  const lo = reader.key("lo_ns").integer();
  const hi = reader.key("hi_ns").integer();
  if (lo > hi) reader.problem(`has lo_ns ${lo} above hi_ns ${hi}`);
  reader.closeObject();
  return [
    { kind: "lower", at, value: lo },
    { kind: "upper", at, value: hi },
  ];
}

function readConstraint(reader: CaseReader): CaseConstraint {
  const kind = reader.key("kind").oneOf(["upper", "lower"]);
  const at = reader.key("at_ns").integer();
  const value = reader.key("value_ns").integer();
  reader.closeObject();
  return { kind, at, value };
}

const UNSIGNED_32 = { least: 0n, most: 0xffffffffn };
const SIGNED_BYTE = { least: -128n, most: 127n };

function readExchange(reader: CaseReader): CaseExchange {
  const stamp = (name: string) => reader.key(name).integer();
  const counted = (name: string, range: { least: bigint; most?: bigint }) => reader.key(name).optional(0n, (key) => key.integer(range));
  const exponent = (name: string) => reader.key(name).optional(null, (key) => Number(key.integer(SIGNED_BYTE)));
  const exchange: CaseExchange = {
    t1: stamp("t1_ns"),
    t2: stamp("t2_ns"),
    t3: stamp("t3_ns"),
    t4: stamp("t4_ns"),
    rootDelayRaw: counted("root_delay_raw", UNSIGNED_32),
    rootDispersionRaw: counted("root_dispersion_raw", UNSIGNED_32),
    precisionServer: exponent("precision_server"),
    precisionClient: exponent("precision_client"),
    cap: counted("cap_ns", { least: 0n }),
    slack: counted("slack_ns", { least: 0n }),
  };
  reader.closeObject();
  return exchange;
}

/** Every ns a string, ppb numbers. */
function say({ sources, fused }: BoundExplanation): object {
  return {
    sources: sources.map(({ id, guaranteed, tight, frequencyMilliPpb, conflict, truechimer, rejected }) => ({
      id,
      guaranteed: sayBound(guaranteed),
      tight: sayBound(tight),
      frequency_ppb: frequencyMilliPpb && { min: Number(frequencyMilliPpb.min) / 1000, max: Number(frequencyMilliPpb.max) / 1000 },
      conflict,
      truechimer,
      rejected,
    })),
    fused: {
      status: fused.status,
      reason: fused.reason,
      faults: fused.faults,
      need: fused.need,
      votes: fused.votes,
      regions: fused.regions.map(({ lo, hi }) => [lo.toString(), hi.toString()]),
      guaranteed: sayBound(fused.guaranteed),
      bimodal: fused.bimodal,
      trusting: fused.trusting,
    },
  };
}

const sayBound = (bound: Interval | null) => bound && { lo_ns: bound.lo.toString(), hi_ns: bound.hi.toString() };
