import { greaterSlew, type HostReading, ppb, raw, type Steering, slewAllowance } from "@truebound/time";
import type { IntervalSource, StatedTrouble, Taken } from "../interval-source/ports.ts";
import { onRaw } from "./hold-beside.ts";
import type { CoarseAnswer } from "./read-answer.ts";

export interface OpinionPorts {
  /** Has the other program make one exchange. Never rejects, and ends in bounded time. Null = it is not installed here. */
  readonly ask: ((address: string, port: number) => Promise<CoarseAnswer>) | null;
  /** Ends that program. */
  readonly end: () => void;
  /** A numeric address for a name; that program has sockets of IPv4 only. Null = there is none. Never rejects. */
  readonly resolve: (host: string) => Promise<string | null>;
  readonly look: () => HostReading;
  readonly steering: () => Steering;
}

/** By how much RAW may stray while a question is under way: the most that a policy can assume, for it is nothing beside the milliseconds. */
const RHO = ppb(1_000_000n);
/** After so many questions in vain the name is looked up again. */
const PATIENCE = 3;

/** What another program's exchanges with a server say of UTC − RAW. It never counts: it is drawn, and held against what is proved. */
export class OpinionSource implements IntervalSource {
  readonly kind = "opinion";
  readonly assumes: readonly string[] = [];
  readonly refusals: ReadonlyMap<string, number> = new Map();
  readonly #host: string;
  readonly #port: number;
  readonly #ports: OpinionPorts;
  #address: string | null = null;
  /** So many questions more before the name is looked up again. */
  #patience = 0;

  constructor(host: string, port: number, ports: OpinionPorts) {
    this.#host = host;
    this.#port = port;
    this.#ports = ports;
  }

  async take(): Promise<Taken> {
    const { ask, look, steering } = this.#ports;
    if (ask === null) return { kind: "refused", reason: "opinion_not_installed" };
    await this.#lookUp();
    if (this.#address === null) return this.#refuse("opinion_unresolved");
    const before = look();
    const answer = await ask(this.#address, this.#port);
    const after = look();
    const slew = greaterSlew(slewAllowance(steering(), before.kernel ?? null), slewAllowance(steering(), after.kernel ?? null));
    const bound = onRaw({ answer, before, after }, { rho: RHO, slew });
    if (typeof bound === "string") return this.#refuse(`opinion_${bound}`);
    this.#patience = PATIENCE;
    return { kind: "readings", readings: [{ raw: raw(after.rawBefore), ...bound, cap: 0n, document: null }] };
  }

  /** What was found before stays where the name leads nowhere now. */
  async #lookUp(): Promise<void> {
    if (this.#patience > 0) return;
    this.#patience = PATIENCE;
    this.#address = (await this.#ports.resolve(this.#host)) ?? this.#address;
  }

  says(): Readonly<Record<string, string>> {
    return { program: "ntp-time-sync", ...(this.#address === null ? {} : { address: this.#address }) };
  }

  close(): void {
    this.#ports.end();
  }

  #refuse(reason: StatedTrouble): Taken {
    this.#patience -= 1;
    return { kind: "refused", reason };
  }
}
