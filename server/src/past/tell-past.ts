import { atMost } from "@truebound/time";
import type { Advice, OrderAnswer, StampInterval } from "@truebound/wire";
import type { Told } from "../admin/admin.ts";
import { type AdvicePorts, askAdvice } from "../advice/ask-advice.ts";
import { askOrder } from "../query/ask-order.ts";
import { isRefusal, type Refusal, refuse } from "../refusal.ts";
import { askStamps, type StampPorts } from "../stamps/ask-stamps.ts";
import type { PastRequest } from "./past-requests.ts";

export interface PastPorts {
  readonly stamps: StampPorts;
  readonly advice: AdvicePorts;
  /** A file's bytes, or those of standard input for "-". */
  readonly open: (path: string) => AsyncIterable<Uint8Array | string>;
  /** Resolves when it is out. */
  readonly write: (text: string) => Promise<void>;
}

/** What is asked of the past, in words or as JSON; answers to a file are written as they come. */
export async function tellPast(ports: PastPorts, request: PastRequest): Promise<Told> {
  switch (request.do) {
    case "order":
      return tellOrder(ports, request);
    case "stamp":
      return tellStamps(ports, request);
    case "advise":
      return tellAdvice(ports, request);
    default:
      return request satisfies never;
  }
}

const refused = (detail: string): Told => ({ code: 1, out: "", err: `${detail}\n` });
const inJson = (value: object): string => `${JSON.stringify(value, null, 2)}\n`;

async function tellOrder({ stamps }: PastPorts, { a, b, scope, json }: Extract<PastRequest, { do: "order" }>): Promise<Told> {
  const answer = await askOrder(stamps, { a, b, scope });
  if (isRefusal(answer)) return refused(answer.detail);
  const code = answer.result === "before" || answer.result === "after" ? 0 : 1;
  return { code, out: json ? inJson(answer) : orderInWords(answer), err: "" };
}

export const orderInWords = ({ result, margin_ns, a, b }: OrderAnswer): string =>
  [ORDER_WORDS[result](margin_ns === null ? "" : `${margin_ns} ns`), stampInWords("a", a), stampInWords("b", b)]
    .map((line) => `${line}\n`)
    .join("");

const ORDER_WORDS: Readonly<Record<OrderAnswer["result"], (margin: string) => string>> = {
  before: (margin) => `before: a came first, at least ${margin} earlier`,
  after: (margin) => `after: b came first, at least ${margin} earlier`,
  undecidable: () => "undecidable: either may have come first",
  unknown: () => "unknown: a clock is not known to have shown its stamp",
};

function stampInWords(
  letter: string,
  { name, stamp, places, status, reason, evidence, assumes, app_error_ns, simulated }: StampInterval,
): string {
  const when = places.map(({ earliest, latest }) => `${earliest} to ${latest}`).join(", or ");
  const why = [status, ...(reason === null ? [] : [reason])].join(", ");
  const records = evidence.map(({ epoch, seq }) => `${epoch}/${seq}`).join(" ");
  const beside = [
    ...(app_error_ns === "0" ? [] : [`application error ${app_error_ns} ns at both ends`]),
    ...(simulated ? ["of a simulated clock"] : []),
    ...assumes.map((one) => `assumed: ${one}`),
  ];
  const shown = places.length === 0 ? "" : `: UTC ${when}`;
  return `${letter}  ${name}@${stamp}${shown} (${why})${records === "" ? "" : `; evidence ${records}`}${beside.map((one) => `; ${one}`).join("")}`;
}

async function tellStamps({ stamps, open, write }: PastPorts, { file, wish }: Extract<PastRequest, { do: "stamp" }>): Promise<Told> {
  const answer = await askStamps(stamps, wish, open(file)).catch((error: unknown) => unreadable(file, error));
  if (isRefusal(answer)) return refused(answer.detail);
  for await (const text of answer.text) await write(text);
  const { words } = answer.bad;
  return words === null ? { code: 0, out: "", err: "" } : refused(words);
}

/** A file that is not there, or may not be read, is expected trouble. */
function unreadable(file: string, error: unknown): Refusal {
  if (!(error instanceof Error) || !("syscall" in error) || !["open", "read"].includes(String(error.syscall))) throw error;
  return refuse("bad_request", `Cannot read ${file}: ${error.message}`);
}

async function tellAdvice({ advice }: PastPorts, { wish, json }: Extract<PastRequest, { do: "advise" }>): Promise<Told> {
  const answer = await askAdvice(advice, wish);
  if (isRefusal(answer)) return refused(answer.detail);
  return { code: answer.commit_wait_ns === null ? 1 : 0, out: json ? inJson(answer) : adviceInWords(answer), err: "" };
}

const adviceInWords = ({ says, profiles, hosts }: Advice): string =>
  [...says.map((line) => `${line}.`), ...profiles.map(profileLine), ...hosts.map(hostLine)].map((line) => `${line}\n`).join("");

const profileLine = ({ id, limit_ns, inside }: Advice["profiles"][number]): string =>
  `${id.padEnd(24)}  limit ${atMost(BigInt(limit_ns)).padStart(8)}  ${inside === null ? "unknown" : inside ? "within" : "not within"}`;

const hostLine = ({ name, worst_error_p999_ns, minutes, minutes_unknown, needs_minutes }: Advice["hosts"][number]): string =>
  `${name.padEnd(24)}  ${worst_error_p999_ns === null ? "unknown" : `within ${atMost(BigInt(worst_error_p999_ns))}`}, ${minutes_unknown} of ${minutes} minutes unknown${needs_minutes === null ? "" : `, known from ${needs_minutes} minutes on`}`;
