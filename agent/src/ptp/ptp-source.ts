import {
  accuracyLimit,
  type ClockReading,
  divFloor,
  greaterSlew,
  type LeapList,
  meaningOfClass,
  type PartsPerBillion,
  ppb,
} from "@truebound/time";
import type { IntervalSource, StatedTrouble, Taken } from "../interval-source/ports.ts";
import type { Testimony } from "../observe/ports.ts";
import { type GrandmasterNews, newsOfGrandmaster } from "./grandmaster-watch.ts";
import { type PtpEvidence, type PtpScene, ptpEvidence } from "./ptp-evidence.ts";
import { isFollowing, type PtpLook } from "./ptp-look.ts";
import type { PtpOptions } from "./ptp-options.ts";
import { type SyncSteps, SyncStepsWatch } from "./sync-steps.ts";

/** What a PTP source needs of the host. */
export interface PtpPorts {
  /** One look at the port's data sets; never rejects, bounded in time. */
  readonly ask: () => Promise<Testimony<PtpLook>>;
  /** One look at the clock that the port stamps with; a name where it cannot be read. */
  readonly look: () => ClockReading | string;
  /** Most by which anything moves that clock against RAW, where nothing was declared. */
  readonly slew: () => PartsPerBillion;
  readonly leapList: () => LeapList | null;
  readonly pause: (ms: number) => Promise<void>;
  readonly close: () => void;
}

/** Looks at the clock in each interval between two Syncs: what is not known of its way between two of them is the less, the closer they are. */
const LOOKS = 8;
const SHORTEST_MS = 4;
/** So often the port is asked anew for a Sync that has not come. */
const TRIES = 4;
/** log2 s; a port whose Syncs are rarer is not waited for. */
const RAREST_SYNC = 1;
/** The steepest that a ruler is looked for: what it can do within a stamp's error is at most some ns. */
const ANY_RATE = ppb(5_000_000n);

/** A PTP port that gives intervals on UTC − RAW. It asks and never sets. */
export class PtpSource implements IntervalSource {
  readonly kind = "ptp";
  /** Nothing is heard between two looks. */
  readonly refusals: ReadonlyMap<string, number> = new Map();
  readonly #options: PtpOptions;
  readonly #ports: PtpPorts;
  /** Null = it says nothing now. */
  #latest: PtpLook | null = null;
  /** The last look at which a grandmaster was followed, however long ago: what changed since is told by it. */
  #followed: PtpLook | null = null;
  #news: GrandmasterNews[] = [];
  readonly #stepsWatch = new SyncStepsWatch();
  #steps: SyncSteps | null = null;

  constructor(options: PtpOptions, ports: PtpPorts) {
    this.#options = options;
    this.#ports = ports;
  }

  /** What its intervals rest on beside what is measured. */
  get assumes(): readonly string[] {
    const { terms, slew } = this.#options;
    const declared: readonly [string, unknown][] = [
      ["boundary_clocks_declared", terms.boundaryError],
      ["holdover_declared", terms.holdoverError],
      ["link_delays_declared", terms.linkDelays],
      ["clock_slew_declared", slew],
    ];
    const named = declared.flatMap(([name, value]) => (value === null ? [] : [name]));
    return ["ptp_declared", "grandmaster_accuracy", "path_delay_holds", "transparent_clocks_correct", ...named];
  }

  /** Waits for the next Sync, a few seconds at most. */
  async take(): Promise<Taken> {
    const looks: ClockReading[] = [];
    const slew = this.#slew();
    const before = await this.#ask(looks);
    if (typeof before === "string") return this.#fallenSilent(before);
    if (before.logSyncInterval > RAREST_SYNC) return refused("sync_too_rare");
    const period = 1000 * 2 ** before.logSyncInterval;
    for (let tries = 1; ; tries++) {
      const after = (await this.#wait(looks, tries === 1 ? period * 1.05 : period / 2)) ?? (await this.#ask(looks));
      if (typeof after === "string") return this.#fallenSilent(after);
      const found = this.#evidence({ before, after, looks, slew: greaterSlew(slew, this.#slew()) });
      if (found.kind === "evidence") return this.#reading(found);
      if (tries === TRIES || found.reason !== "no_sync") return refused(found.reason);
    }
  }

  /** What happened at the grandmaster since the last call. */
  news(): GrandmasterNews[] {
    const news = this.#news;
    this.#news = [];
    return news;
  }

  /** For people. An offset here is the clock that stamps less the grandmaster's, turned to our sign: positive = behind. */
  says(): Record<string, string | number | boolean | null> {
    if (this.#latest === null) return {};
    const { facts, portState, parentPort, delayMechanism } = this.#latest;
    // What it says of a grandmaster is then of itself, or of the last one.
    if (!isFollowing(this.#latest)) return { port_state: portState, clock: this.#options.clock };
    const limit = accuracyLimit(facts.clockAccuracy);
    return {
      grandmaster: facts.grandmaster,
      clock_class: facts.clockClass,
      class_says: meaningOfClass(facts.clockClass),
      accuracy_ns: typeof limit === "bigint" ? limit.toString() : null,
      steps_removed: facts.stepsRemoved,
      port_state: portState,
      delay_mechanism: MECHANISMS[delayMechanism] ?? `code ${delayMechanism}`,
      sync_steps: this.#steps,
      parent_port: parentPort,
      offset_ns: (-divFloor(facts.offsetScaled, ONE_NS)).toString(),
      path_delay_ns: divFloor(facts.meanPathDelayScaled, ONE_NS).toString(),
      utc_offset_s: facts.currentUtcOffset,
      is_time_traceable: facts.isTimeTraceable,
      clock: this.#options.clock,
    };
  }

  close(): void {
    this.#ports.close();
  }

  /** What was heard once is not said of now: a class that nobody announces any more is neither a lost reference nor a good one. */
  #fallenSilent(reason: string): Taken {
    this.#latest = null;
    return refused(reason);
  }

  #reading({ raw, lo, hi, cap }: Extract<PtpEvidence, { kind: "evidence" }>): Taken {
    return { kind: "readings", readings: [{ raw, lo, hi, cap, document: this.#options.document }] };
  }

  #evidence(seen: Pick<PtpScene, "before" | "after" | "looks" | "slew">): PtpEvidence {
    return ptpEvidence({ ...seen, leapList: this.#ports.leapList(), rho: ANY_RATE }, this.#options);
  }

  /** As it is now: one that the kernel holds dies away, so what it was when the looks began counts too. */
  #slew(): PartsPerBillion {
    return this.#options.slew ?? this.#ports.slew();
  }

  /** A look at the port between two looks at its clock. */
  async #ask(looks: ClockReading[]): Promise<PtpLook | string> {
    const early = this.#look(looks);
    if (early !== null) return early;
    const told = await this.#askAgain();
    if (told.kind !== "ok") return `pmc_${told.kind}`;
    this.#news.push(...newsOfGrandmaster(this.#followed, told.value));
    this.#latest = told.value;
    if (isFollowing(told.value)) {
      this.#followed = told.value;
      this.#steps = this.#stepsWatch.see(told.value);
    }
    return this.#look(looks) ?? told.value;
  }

  /** pmc waits for the last answer for some 20 ms: on a busy machine it may have missed some, and is asked once more. */
  async #askAgain(): Promise<Testimony<PtpLook>> {
    const told = await this.#ports.ask();
    return told.kind === "refused" || told.kind === "malformed" ? this.#ports.ask() : told;
  }

  async #wait(looks: ClockReading[], ms: number): Promise<string | null> {
    const pause = Math.max(SHORTEST_MS, ms / LOOKS);
    for (let passed = 0; passed < ms; passed += pause) {
      await this.#ports.pause(pause);
      const trouble = this.#look(looks);
      if (trouble !== null) return trouble;
    }
    return null;
  }

  #look(looks: ClockReading[]): string | null {
    const look = this.#ports.look();
    if (typeof look === "string") return look;
    looks.push(look);
    return null;
  }
}

const ONE_NS = 1n << 16n;
/** By the codes of IEEE 1588, table 21; what is measured, and not whether there are transparent clocks. */
const MECHANISMS: Readonly<Record<number, string>> = {
  1: "end_to_end",
  2: "peer_to_peer",
  3: "common_peer_to_peer",
  4: "special",
  254: "none",
};
/** Its clock has names of its own. */
const refused = (reason: string): Taken => ({
  kind: "refused",
  reason: reason.startsWith("phc_") ? (reason as StatedTrouble) : `ptp_${reason}`,
});
