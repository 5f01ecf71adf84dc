import { setTimeout as pause } from "node:timers/promises";
import {
  type Clocks,
  type IntervalReading,
  lookAtPtp4l,
  newsOfGrandmaster,
  type PtpLook,
  PtpSource,
  type Rung,
  readPtpOptions,
  rungs,
  type Taken,
} from "@truebound/agent";
import { type HostReading, type Interval, type LeapList, ppb, realtimeMinusRaw, utc } from "@truebound/time";
import { type PtpHost, playPtpHost } from "./play-ptp-host.ts";
import { GNSS, type GrandmasterSettings, type PtpRow, startPtpRow } from "./ptp-row.ts";

/** What came of one look at a port whose grandmaster says something of itself. */
export interface PtpOutcome {
  readonly name: string;
  /** Why it is refused; null = it is evidence. */
  readonly refused: string | null;
  /**
   * The bound on UTC − REALTIME, ns, of three looks; empty = there is none. The truth is zero. On a busy machine one Sync may take longer
   * than twice the path delay: what M10 assumes is of the path, and not of the machine that plays it.
   */
  readonly offsets: readonly (readonly [string, string])[];
  /** What is seen of the grandmaster's reference. */
  readonly news: readonly string[];
}

/** TAI − UTC is nothing, and stays so. */
export const WITHOUT_LEAPS: LeapList = { updated: utc(0n), expires: utc(1n << 62n), rows: [{ from: utc(0n), taiMinusUtc: 0 }] };
/** The real one of the day, as far as it concerns today. */
const OF_TODAY: LeapList = { ...WITHOUT_LEAPS, rows: [{ from: utc(0n), taiMinusUtc: 37 }] };

/** Nothing steers the clock here: its rate against RAW is the kernel's frequency correction, and no more than it takes. */
export const SLEW_PPM = "600";

interface Play {
  readonly name: string;
  readonly settings: Partial<GrandmasterSettings>;
  readonly options?: Readonly<Record<string, string>>;
  readonly leapList?: LeapList;
}

const PLAYS: readonly Play[] = [
  { name: "locked", settings: {} },
  { name: "holdover", settings: { clockClass: 7 } },
  { name: "holdover, declared", settings: { clockClass: 7 }, options: { holdover: "5000" } },
  { name: "degraded A", settings: { clockClass: 52 } },
  { name: "degraded B", settings: { clockClass: 187 } },
  { name: "default", settings: { clockClass: 248 } },
  { name: "locked again", settings: {} },
  { name: "arbitrary timescale", settings: { ptpTimescale: 0 } },
  { name: "not traceable", settings: { timeTraceable: 0 } },
  { name: "offset not valid", settings: { currentUtcOffsetValid: 0 } },
  { name: "offset off by a second", settings: { currentUtcOffset: 36 }, leapList: OF_TODAY },
  { name: "offset of GPS", settings: { currentUtcOffset: 18 }, leapList: OF_TODAY },
  // A new offset alone makes no new choice of a master, and this ptp4l then goes on by the old one.
  { name: "offset not applied", settings: { currentUtcOffset: 37 }, leapList: OF_TODAY },
  { name: "TAI for UTC", settings: { currentUtcOffset: 37, clockAccuracy: "0x22" }, leapList: OF_TODAY },
  { name: "accuracy unknown", settings: { clockAccuracy: "0xfe" } },
  { name: "accuracy beyond 10 s", settings: { clockAccuracy: "0x31" } },
];

/** Each play against one pair, and a whole agent; then a boundary clock between, undeclared and declared. */
export async function playPtpSource(): Promise<{ readonly outcomes: readonly PtpOutcome[]; readonly host: PtpHost | null }> {
  const rung = rungs().find(({ mode }) => mode === "kernel_basic");
  if (rung === undefined) throw new Error("Cannot play without the kernel's stamps");
  const built = rung.build();
  try {
    const pair = await onRow(2, PLAYS, built);
    const behind = await onRow(3, BOUNDARY, built);
    return { outcomes: [...pair.outcomes, ...behind.outcomes], host: pair.host };
  } finally {
    built.close();
  }
}

const BOUNDARY: readonly Play[] = [
  { name: "boundary clock", settings: {} },
  { name: "boundary clock, declared", settings: {}, options: { boundary: "50000" } },
];

async function onRow(length: 2 | 3, plays: readonly Play[], rung: Rung): Promise<{ outcomes: PtpOutcome[]; host: PtpHost | null }> {
  const row = await startPtpRow(length);
  try {
    const port = new FollowedPort(row, rung.clocks);
    await port.heard();
    const outcomes: PtpOutcome[] = [];
    for (const play of plays) {
      await row.set({ ...GNSS, ...play.settings });
      outcomes.push(await port.outcome(play));
    }
    return { outcomes, host: length === 2 ? await playPtpHost(row, port, rung) : null };
  } finally {
    await row.close();
  }
}

const TRIES = 150;
const LOOKS = 3;

/** The port at the end of a row, as an agent asks it. */
export class FollowedPort {
  readonly #row: PtpRow;
  readonly #clocks: Clocks;
  #latest: HostReading | null = null;
  #heardLast: PtpLook | null = null;

  constructor(row: PtpRow, clocks: Clocks) {
    this.#row = row;
    this.#clocks = clocks;
  }

  /** Resolves once it has measured its master. */
  async heard(): Promise<void> {
    for (let tries = 0; tries < TRIES; tries++) {
      const told = await this.#ask();
      if (told.kind === "ok" && told.value.facts.meanPathDelayScaled > 0n) return;
      await pause(100);
    }
    throw new Error("Cannot play: the port follows nobody");
  }

  /** One look, once the port has heard what its grandmaster says of itself by now. */
  async outcome({ name, settings, options = {}, leapList = WITHOUT_LEAPS }: Play): Promise<PtpOutcome> {
    const wanted = { ...GNSS, ...settings };
    const before = this.#heardLast;
    const heard = await this.#hears(wanted);
    const news = newsOfGrandmaster(before, heard).map(({ kind }) => kind);
    const source = this.sourceWith(options, leapList);
    const offsets: [string, string][] = [];
    let taken = await takenWhole(source);
    for (let looks = 1; taken.kind === "readings" && looks <= LOOKS; looks++) {
      const { lo, hi } = this.offsetOf(taken.readings[0]);
      offsets.push([String(lo), String(hi)]);
      if (looks < LOOKS) taken = await takenWhole(source);
    }
    return { name, refused: taken.kind === "refused" ? taken.reason : null, offsets, news };
  }

  /** UTC − REALTIME at the look at the clocks that came last: by then it is what it was at the Sync, as nobody steers this clock. */
  offsetOf({ lo, hi }: IntervalReading): Interval {
    const seen = realtimeMinusRaw(this.#latest as HostReading);
    return { lo: lo - seen.hi, hi: hi - seen.lo };
  }

  /** A source on this port, by these options and this list. */
  sourceWith(given: Readonly<Record<string, string>>, leapList: LeapList = WITHOUT_LEAPS): PtpSource {
    const options = readPtpOptions(this.#row.follower, { slew: SLEW_PPM, ...given });
    if (typeof options === "string") throw new Error(options);
    const look = () => {
      this.#latest = this.#clocks.read();
      return this.#latest;
    };
    const ports = {
      ask: () => this.#ask(),
      look,
      slew: () => ppb(0n),
      leapList: () => leapList,
      pause: (ms: number) => pause(ms),
      close: () => undefined,
    };
    return new PtpSource(options, ports);
  }

  async #hears({ clockClass, clockAccuracy, currentUtcOffset, ptpTimescale }: GrandmasterSettings): Promise<PtpLook> {
    for (let tries = 0; tries < TRIES; tries++) {
      const told = await this.#ask();
      const facts = told.kind === "ok" ? told.value.facts : null;
      const isHeard = facts?.clockClass === clockClass && facts.clockAccuracy === Number(clockAccuracy);
      const isAll = isHeard && facts?.currentUtcOffset === currentUtcOffset && facts.isPtpTimescale === (ptpTimescale === 1);
      if (isAll && told.kind === "ok") {
        this.#heardLast = told.value;
        return told.value;
      }
      await pause(50);
    }
    const { kind, ...rest } = await this.#ask();
    const seen = JSON.stringify([kind, rest], (_, value) => (typeof value === "bigint" ? String(value) : value));
    throw new Error(`Cannot play: the port does not hear of class ${clockClass} and UTC offset ${currentUtcOffset}, but ${seen}`);
  }

  #ask() {
    return lookAtPtp4l({ program: this.#row.pmc, socket: this.#row.follower });
  }
}

/** Another look where the port had just heard something new. */
async function takenWhole(source: PtpSource): Promise<Taken> {
  let taken = await source.take();
  for (let tries = 0; tries < 5 && taken.kind === "refused" && UNSETTLED.includes(taken.reason); tries++) taken = await source.take();
  return taken;
}

const UNSETTLED: readonly string[] = ["ptp_changed_while_read", "ptp_no_sync", "ptp_stamp_outside"];
