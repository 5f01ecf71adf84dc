import { type Glance, stepBetween, wasSet } from "@truebound/time";
import type { Round } from "./judge-rounds.ts";
import type { Application, Arrival, Silence, StampClock } from "./ports.ts";
import { readLine, type StampFormat, type WrittenStamp } from "./read-line.ts";
import { sayLine, saySilence } from "./say-trouble.ts";

export interface RoundOptions {
  readonly rounds: number;
  /** Rounds before those that are held to the same, and not counted. */
  readonly warmUp: number;
  readonly timeoutMs: number;
  /** Lines before the first that is stamped. */
  readonly skip: number;
  readonly format: StampFormat | null;
  /** Lines come by themselves: nobody asks. */
  readonly arrivals: boolean;
}

/** Takes so many rounds, or says why it could not. `rest` is waited out before each of them. */
export async function takeRounds(
  app: Application,
  clock: StampClock,
  options: RoundOptions,
  rest: (round: number) => Promise<void>,
): Promise<readonly Round[] | string> {
  for (let line = 0; line < options.skip; line++) {
    const heard = await app.hear(options.timeoutMs);
    if ("kind" in heard) return saySilence(heard, { round: 0, arrivals: true });
  }
  const taken: TakenRound[] = [];
  for (let number = 1; number <= options.warmUp + options.rounds; number++) {
    await rest(number);
    const round = await takeRound(app, clock, options, taken.at(-1) ?? null, number);
    if (typeof round === "string") return round;
    taken.push(round);
  }
  return taken.slice(options.warmUp);
}

interface TakenRound extends Round {
  readonly look: Glance;
}

async function takeRound(
  app: Application,
  clock: StampClock,
  options: RoundOptions,
  last: TakenRound | null,
  number: number,
): Promise<TakenRound | string> {
  const asked = options.arrivals ? null : clock.look();
  const heard = await (options.arrivals ? app.hear(options.timeoutMs) : app.ask(options.timeoutMs));
  if ("kind" in heard) return saySilence(heard as Silence, { round: number, arrivals: options.arrivals });
  const stamp = readLine(heard.line, last?.stamp.format ?? options.format, heard.look.realtime);
  if (typeof stamp === "string") return sayLine(heard.line, stamp, number);
  return (
    moved(last?.look ?? asked, heard.look, number) ?? back(last, stamp, number, options.arrivals) ?? roundOf(asked, heard, stamp, clock)
  );
}

const roundOf = (asked: Glance | null, { look }: Arrival, stamp: WrittenStamp, clock: StampClock): TakenRound => ({
  before: asked && asked.realtime - clock.error(asked),
  after: look.realtime + clock.error(look),
  stamp,
  look,
});

/** Across a step the two reads are of two clocks. From the look before, so that one between two rounds is seen too. */
function moved(from: Glance | null, to: Glance, number: number): string | null {
  if (from === null || (!wasSet(from, to) && stepBetween(from, to) === 0n)) return null;
  return `Cannot use round ${number}: this host's clock was set meanwhile, by ${stepBetween(from, to)} ns; run the test again when nobody sets it`;
}

/** Each answer is here before the next question goes out, so the reads of one clock cannot go back. */
function back(last: TakenRound | null, stamp: WrittenStamp, number: number, arrivals: boolean): string | null {
  if (arrivals || last === null || stamp.at >= last.stamp.at) return null;
  return `Cannot use the answers: that of round ${number}, ${stamp.text}, lies before that of round ${number - 1}, ${last.stamp.text}; they come out of order, or the application reads more than one clock`;
}
