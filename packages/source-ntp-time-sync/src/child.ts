import { createInterface } from "node:readline";
import { NtpTimeSync } from "ntp-time-sync";
import { type Failed, readQuestion, type Said } from "./lines.ts";

/**
 * ntp-time-sync as a program of its own: a question in JSON on each line of its standard input, one at a time, an answer on each
 * line of its standard output. It only reports what was read; what follows from that is judged by whoever asks.
 */
const REPLY_TIMEOUT_MS = 2_000;

/** Ends the question that is open: the library throws from its socket's events where a reply is too short. */
let fail: (failed: Failed) => void = () => undefined;
process.on("uncaughtException", (error) => fail({ kind: "failed", reason: "unparsable", says: error.message.slice(0, 200) }));

function settled(ask: () => Promise<Said>): Promise<Said> {
  return new Promise((resolve) => {
    fail = resolve;
    ask().then(resolve, (error: Error) => resolve({ kind: "failed", reason: reasonOf(error), says: error.message.slice(0, 200) }));
  });
}

const reasonOf = ({ message }: Error): Failed["reason"] => (message.startsWith("Timeout") ? "timeout" : "error");

/** The clock is read before the call, so before the request leaves; and after the reply came. `Date.now` rounds down to ms. */
async function exchange(host: string, port: number): Promise<Said> {
  const client = new NtpTimeSync({ servers: [], replyTimeout: REPLY_TIMEOUT_MS });
  const t1 = Date.now();
  const from = process.hrtime.bigint();
  const reply = await client.getNetworkTime(host, port);
  const replied = process.hrtime.bigint() - from;
  const t4 = Date.now();
  const elapsed = process.hrtime.bigint() - from;
  const epoch = Date.UTC(1900, 0, 1);
  return {
    kind: "answer",
    t1_ms: t1,
    t4_ms: t4,
    replied_ns: replied.toString(),
    elapsed_ns: elapsed.toString(),
    origin_ms: reply.originTimestamp?.getTime() ?? null,
    receive_ms: reply.receiveTimestamp?.getTime() ?? null,
    transmit_ms: reply.transmitTimestamp?.getTime() ?? null,
    root_delay_ms: (reply.rootDelay?.getTime() ?? Number.NaN) - epoch,
    root_dispersion_ms: (reply.rootDispersion?.getTime() ?? Number.NaN) - epoch,
    leap: reply.leapIndicator ?? null,
    mode: reply.mode ?? null,
    stratum: reply.stratum ?? null,
    precision: reply.precision ?? null,
  };
}

/** What the library itself says of the offset, by its own formula, of one sample. */
async function ownAnswer(host: string, port: number): Promise<Said> {
  const client = new NtpTimeSync({ servers: [`${host}:${port}`], sampleCount: 1, replyTimeout: REPLY_TIMEOUT_MS });
  return { kind: "own_answer", offset_ms: (await client.getTime(true)).offset };
}

for await (const line of createInterface({ input: process.stdin })) {
  const question = readQuestion(line);
  const said: Said =
    question === null
      ? { kind: "failed", reason: "question", says: "A question is {id, ask, host, port}" }
      : await settled(() => (question.ask === "exchange" ? exchange : ownAnswer)(question.host, question.port));
  process.stdout.write(`${JSON.stringify({ id: question?.id ?? null, ...said })}\n`);
}
process.exit(0);
