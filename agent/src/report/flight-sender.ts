import { FLIGHT_PATH, FlightReply, validator } from "@truebound/wire";
import { type FlightHead, fitFlight } from "../flight/build-flight.ts";
import type { Recorded } from "../flight/flight-recorder.ts";
import type { Log } from "../log/log-line.ts";
import type { HttpAnswer, ServerLink } from "./ports.ts";

/** A record that is to be sent. */
export interface WrittenFlight {
  readonly recorded: Recorded;
  readonly head: FlightHead;
}

export interface FlightSenderPorts {
  readonly link: ServerLink;
  readonly deflate: (text: string) => Promise<Uint8Array>;
  /** Resolves after so many seconds, or when the agent ends. */
  readonly backOff: (seconds: number) => Promise<void>;
  readonly isEnding: () => boolean;
  readonly log: Log;
}

const isReply = validator(FlightReply);
const FIRST_PAUSE_S = 2;
const LONGEST_PAUSE_S = 300;
/** Held in memory until the server has them; of more the oldest gives way. */
const MOST_WAITING = 8;

/** Sends records beside the reports, one after the other: each until the server has it, refuses it, or the agent ends. */
export class FlightSender {
  readonly #ports: FlightSenderPorts;
  #waiting: WrittenFlight[] = [];
  #sending: Promise<void> | null = null;

  constructor(ports: FlightSenderPorts) {
    this.#ports = ports;
  }

  take(flight: WrittenFlight): void {
    this.#waiting = [...this.#waiting.slice(1 - MOST_WAITING), flight];
    this.#sending ??= this.#sendAll();
  }

  /** Resolves when nothing is under way any more. */
  async settled(): Promise<void> {
    await this.#sending;
  }

  async #sendAll(): Promise<void> {
    for (let next = this.#waiting[0]; next !== undefined; next = this.#waiting[0]) {
      await this.#send(next);
      this.#waiting = this.#waiting.filter((one) => one !== next);
    }
    this.#sending = null;
  }

  async #send({ recorded, head }: WrittenFlight): Promise<void> {
    const { deflate, log } = this.#ports;
    const bytes = await fitFlight(recorded, head, deflate);
    if (bytes === null)
      log("warn", `cannot write the record of incident ${head.incident}: without readings and exchanges it is still too long`);
    else await this.#post(bytes, head);
  }

  async #post(bytes: Uint8Array, head: FlightHead): Promise<void> {
    const { link, backOff, isEnding, log } = this.#ports;
    for (let pause = FIRST_PAUSE_S; ; pause = Math.min(LONGEST_PAUSE_S, pause * 2)) {
      const isLast = isEnding();
      const answer = await link.postSigned(FLIGHT_PATH, head.agent, bytes);
      if (isTaken(answer)) return log("info", `sent the record of incident ${head.incident}: ${bytes.length} bytes`);
      if (isFinal(answer)) return log("warn", `the server does not want the record of incident ${head.incident}: ${whyOf(answer)}`);
      if (isLast) return log("warn", `cannot send the record of incident ${head.incident} before the agent ends: ${whyOf(answer)}`);
      await backOff(pause);
    }
  }
}

const isTaken = (answer: HttpAnswer): boolean => answer.kind === "answer" && answer.status === 200 && isReply.accepts(answer.body);
/** No retry mends it: nobody asked for it, it is too long, or it cannot be read there. */
const FINAL: ReadonlySet<number> = new Set([400, 404, 405, 413, 422]);
const isFinal = (answer: HttpAnswer): boolean => answer.kind === "answer" && FINAL.has(answer.status);

function whyOf(answer: HttpAnswer): string {
  if (answer.kind === "no_answer") return answer.reason;
  const { detail } = (answer.body ?? {}) as { readonly detail?: unknown };
  return typeof detail === "string" ? detail : `HTTP ${answer.status}`;
}
