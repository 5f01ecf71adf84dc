import { readSpan } from "@truebound/time";
import { nearest, REHEARSAL_FAULTS, type Rehearsal, type RehearsalFault, readOptions } from "@truebound/wire";
import { ADMIN_SETTINGS } from "../usage.ts";

/** What `truebound rehearse …` asks for. */
export interface RehearseRequest {
  readonly host: string;
  readonly fault: Omit<Rehearsal, "id" | "who">;
  /** null = as whom the command runs. */
  readonly who: string | null;
  /** null = any that there is. */
  readonly channel: string | null;
  readonly timeoutS: number;
  readonly json: boolean;
}

/** A rule that comes with Truebound looks so long before it alerts; the fault must outlast that. */
const FOR_S: Readonly<Record<RehearsalFault, number>> = { step: 60, drift: 120, "lost-source": 900, "lying-source": 240, silent: 120 };
const BY_NS = 250_000_000n;
const PPB = 5_000_000;
const AFTERWARDS_S = 60;
const TIMEOUT_S = 300;

export const REHEARSE_USAGE = `usage: truebound rehearse step|drift|lost-source|lying-source|silent --host HOST [--by SPAN] [--ppb N] [--source ID]
                          [--for SPAN] [--channel NAME] [--who NAME] [--timeout SPAN] [--json]
  Puts a declared fault into what one host measures, for a while, and says whether people were told of it, and how fast
  (docs/rehearsals.md). No clock is touched, all that the host reports meanwhile is marked, and it ends by itself. Only hosts
  whose agent runs with TRUEBOUND_REHEARSALS=1 take part; any other one refuses.
  step                     the clock is shown ahead           alert: proved_outside_limit or bound_exceeds_limit
  drift                    it is shown to run too fast        alert: a limit, or drift_assumption_broken
  lost-source              a source does not answer           alert: source_lost
  lying-source             a source's clock is ahead          alert: falseticker or no_majority
  silent                   the host does not report           alert: host_silent
  --host HOST              needed: by its id or name
  --by SPAN                step, lying-source: by how much, as 250ms or -3s (250ms)
  --ppb N                  drift: how much too fast (5000000)
  --source ID              lost-source, lying-source: as the host calls it (its first one)
  --for SPAN               10s to 1h (step 60s, drift and silent 2m, lying-source 4m, lost-source 15m)
  --channel NAME           who must be told (any channel, where there is one)
  --who NAME               who rehearses; it is kept (as whom you run this)
  --timeout SPAN           how long to wait (5m, or a minute more than --for where that is longer)
  --json                   the report as JSON (off)
  Exit 0 when the expected alert came and was told, 1 when not.
${ADMIN_SETTINGS}
example: truebound rehearse step --host db-1 --by 250ms --for 60s --channel pager`;

const OPTIONS = {
  host: "text",
  by: "text",
  ppb: "text",
  source: "text",
  for: "text",
  channel: "text",
  who: "text",
  timeout: "text",
  json: "flag",
} as const;

export function parseRehearse(args: readonly string[]): RehearseRequest | string {
  const read = readOptions(args, OPTIONS);
  if (typeof read === "string") return read;
  const [word, odd] = read.words;
  const fault = REHEARSAL_FAULTS.find((one) => one === word);
  if (word === undefined) return `Cannot guess what to rehearse: say ${REHEARSAL_FAULTS.join(", ")}`;
  if (fault === undefined) return `Cannot rehearse ${JSON.stringify(word)}: did you mean ${nearest(word, REHEARSAL_FAULTS)}?`;
  if (odd !== undefined) return `Cannot take ${JSON.stringify(odd)}: one fault at a time`;
  const { host, who = null, channel = null, json = false } = read.values;
  if (host === undefined) return "Cannot rehearse without --host: a fault is rehearsed on one host";
  const made = faultOf(fault, read.values);
  if (typeof made === "string") return made;
  const timeoutS = spanOf(read.values.timeout, Math.max(TIMEOUT_S, made.for_s + AFTERWARDS_S));
  if (timeoutS === null || timeoutS < 1 || timeoutS > 7200)
    return `Cannot take --timeout ${read.values.timeout}: write a span from 1s to 2h`;
  if (who !== null && !isLine(who)) return "Cannot take --who: it is a line of at most 120 characters";
  return { host, fault: made, who, channel, timeoutS, json };
}

type Given = { readonly by?: string; readonly ppb?: string; readonly source?: string; readonly for?: string };

function faultOf(fault: RehearsalFault, { by, ppb, source, for: span }: Given): Omit<Rehearsal, "id" | "who"> | string {
  const stray = strayOption(fault, { by, ppb, source });
  if (stray !== null) return stray;
  const for_s = spanOf(span, FOR_S[fault]);
  if (for_s === null || for_s < 10 || for_s > 3600) return `Cannot take --for ${span}: write a span from 10s to 1h`;
  const by_ns = by === undefined ? BY_NS : offsetOf(by);
  if (by_ns === null || by_ns === 0n) return `Cannot take --by ${by}: write a span such as 250ms, -3s or 40us, of an hour at most`;
  const rate = ppb === undefined ? PPB : Number(ppb);
  if (!Number.isInteger(rate) || rate === 0 || Math.abs(rate) > 500_000_000)
    return `Cannot take --ppb ${ppb}: write a whole number, at most 500000000 either way`;
  return {
    fault,
    for_s,
    ...(TAKES[fault].includes("by") ? { by_ns: by_ns.toString() } : {}),
    ...(TAKES[fault].includes("ppb") ? { ppb: rate } : {}),
    ...(source === undefined ? {} : { source }),
  };
}

const TAKES: Readonly<Record<RehearsalFault, readonly string[]>> = {
  step: ["by"],
  drift: ["ppb"],
  "lost-source": ["source"],
  "lying-source": ["by", "source"],
  silent: [],
};

function strayOption(fault: RehearsalFault, given: Readonly<Record<string, string | undefined>>): string | null {
  const stray = Object.keys(given).find((name) => given[name] !== undefined && !TAKES[fault].includes(name));
  return stray === undefined ? null : `Cannot take --${stray} with ${fault}: it says nothing there`;
}

const isLine = (text: string): boolean => /^[\u0020-\u007e\u00a0-\ud7ff]{1,120}$/.test(text);

const UNIT_SECONDS: Readonly<Record<string, number>> = { s: 1, m: 60, h: 3600 };

function spanOf(text: string | undefined, otherwise: number): number | null {
  if (text === undefined) return otherwise;
  const [, count, unit = ""] = /^(\d{1,5})([smh])$/.exec(text) ?? [];
  return count === undefined ? null : Number(count) * (UNIT_SECONDS[unit] as number);
}

const LARGEST_NS = 3_600_000_000_000n;

function offsetOf(text: string): bigint | null {
  const [, sign, span = ""] = /^([+-]?)(.*)$/.exec(text) ?? [];
  const size = readSpan(span);
  if (size === null || size > LARGEST_NS) return null;
  return sign === "-" ? -size : size;
}
