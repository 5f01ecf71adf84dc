import type { AskPorts } from "../query/ask-order.ts";
import { isRefusal, type Refusal, refuse } from "../refusal.ts";
import { answerStamps } from "./answer-stamps.ts";
import { BadLines } from "./bad-lines.ts";
import { readStamps } from "./read-stamps.ts";
import { type LimitPorts, type LimitWish, stampQuestion } from "./stamp-limit.ts";
import { STAMP_FORMATS, type StampFormat, sayRow, writeStamps } from "./write-stamps.ts";

export interface StampPorts extends AskPorts, LimitPorts {
  /** Whether documents trace a host's clock to UTC on every day of a period. */
  readonly isTraceable: (host: string, period: { readonly from: bigint; readonly to: bigint }) => Promise<boolean>;
}

export interface StampWish extends LimitWish {
  readonly format?: string | undefined;
}

export interface ToldStamps {
  readonly format: StampFormat;
  /** Piece by piece. */
  readonly text: AsyncGenerator<string>;
  /** Complete once all of the text was taken. */
  readonly bad: BadLines;
}

/** All of the file is read before the first answer: who sends a file reads no answer before it is sent. */
export async function askStamps(
  ports: StampPorts,
  wish: StampWish,
  chunks: AsyncIterable<Uint8Array | string>,
): Promise<ToldStamps | Refusal> {
  const format = STAMP_FORMATS.find((one) => one === (wish.format ?? "json"));
  if (format === undefined)
    return refuse("bad_request", `Cannot answer in the format ${JSON.stringify(wish.format?.slice(0, 60))}: say json or csv`);
  const question = await stampQuestion(ports, wish);
  if (isRefusal(question)) return question;
  const rows = await readStamps(chunks);
  if (isRefusal(rows)) return rows;
  const [bad, say] = [new BadLines(), sayRow(format)];
  const answers = answerStamps(ports, rows, question, (row) => {
    bad.take(row);
    return say(row);
  });
  return { format, text: writeStamps(format, answers, question), bad };
}
