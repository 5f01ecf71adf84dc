import type { PtpFacts } from "@truebound/time";
import type { Malformed } from "../observe/chronyc.ts";
import { isPortState, type PortState } from "../observe/ptp4l.ts";

/**
 * One look at the data sets of a ptp4l through `pmc`, in one call: what a bound on UTC is made of (packages/time/src/ptp-bound.ts), and
 * when the Sync came that it rests on. Several messages answer it, and Syncs may come between them: the offset and its Sync are of one.
 */
export interface PtpLook {
  readonly facts: PtpFacts;
  readonly portState: PortState;
  /** Of the clock that is heard itself: the grandmaster, or the last boundary clock before this one. */
  readonly parentPort: string;
  /**
   * What the clock that stamps showed when the last Sync came before the data sets were read, ns: the offset is of that one. Null = none
   * has come, or the clock was set since.
   */
  readonly ingress: bigint | null;
  /** The same of the last Sync when all of them had been read. */
  readonly newestIngress: bigint | null;
  /** TAI − UTC, s, by which ptp4l takes PTP's scale to a clock of UTC: not always what is announced by now. */
  readonly appliedUtcOffset: number;
  /** log2 s between two Syncs. */
  readonly logSyncInterval: number;
  /** How the delay is measured, by its code. */
  readonly delayMechanism: number;
  /** Messages that all ports of it received so far; null = this ptp4l does not count them. */
  readonly received: ReceivedMessages | null;
}

export interface ReceivedMessages {
  readonly syncs: bigint;
  /** A two-step clock sends one behind each Sync, a one-step clock none. */
  readonly followUps: bigint;
}

const STATUS = "TIME_STATUS_NP";
/** Counts of messages (linuxptp 3.0): no part of what a bound is made of, and of one that does not know it there is no answer. */
const COUNTS = "PORT_STATS_NP";
/** Of it nothing is read. */
const LAST = "DEFAULT_DATA_SET";
/**
 * The time status before and after all else that counts. pmc sends a question each 20 ms, and what a grandmaster announces may change
 * meanwhile: a Sync that is newer than the later status of one look, and no newer than the earlier one of the next, came between all that
 * both looks read. pmc does not wait for long behind the last question, so one more follows.
 */
export const LOOK_QUESTIONS = [
  `GET ${STATUS}`,
  "GET GRANDMASTER_SETTINGS_NP",
  "GET PARENT_DATA_SET",
  "GET TIME_PROPERTIES_DATA_SET",
  "GET PORT_DATA_SET",
  "GET CURRENT_DATA_SET",
  `GET ${STATUS}`,
  `GET ${COUNTS}`,
  `GET ${LAST}`,
] as const;

/** A clock that never serves keeps the data sets of its last grandmaster after that is gone: only a port that follows speaks of one. */
export const isFollowing = ({ facts, portState }: Pick<PtpLook, "facts" | "portState">): boolean =>
  facts.isGrandmasterPresent && (portState === "SLAVE" || portState === "UNCALIBRATED");

const MOST_LINES = 1024;
type Fields = ReadonlyMap<string, string>;
interface Block {
  readonly set: string;
  readonly fields: Fields;
}

/** What is wrong is told by the field's name. */
export function readPtpLook(text: string): PtpLook | Malformed {
  const blocks = blocksOf(text);
  const of = (set: string): Fields => blocks.find((block) => block.set === set)?.fields ?? new Map();
  const read = new Reader();
  const [status, late] = read.both(blocks);
  const [settings, current, parent, properties] = [
    "GRANDMASTER_SETTINGS_NP",
    "CURRENT_DATA_SET",
    "PARENT_DATA_SET",
    "TIME_PROPERTIES_DATA_SET",
  ].map(of) as [Fields, Fields, Fields, Fields];
  const port = portOf(blocks);
  const delayMechanism = read.integer(port, "delayMechanism", 0, 254);
  const isPeerDelay = delayMechanism === PEER_TO_PEER;
  const look: PtpLook = {
    portState: read.state(port),
    parentPort: read.word(parent, "parentPortIdentity"),
    ingress: read.big(status, "ingress_time") || null,
    newestIngress: read.big(late, "ingress_time") || null,
    appliedUtcOffset: read.integer(settings, "currentUtcOffset", -32_768, 32_767),
    logSyncInterval: read.integer(port, "logSyncInterval", -10, 10),
    delayMechanism,
    received: receivedIn(blocks),
    facts: {
      isGrandmasterPresent: read.oneOf(status, "gmPresent", "true", "false") && read.oneOf(late, "gmPresent", "true", "false"),
      grandmaster: read.word(parent, "grandmasterIdentity"),
      clockClass: read.integer(parent, "gm.ClockClass", 0, 255),
      clockAccuracy: read.code(parent, "gm.ClockAccuracy"),
      isTimeTraceable: read.flag(properties, "timeTraceable"),
      isPtpTimescale: read.flag(properties, "ptpTimescale"),
      isUtcOffsetValid: read.flag(properties, "currentUtcOffsetValid"),
      currentUtcOffset: read.integer(properties, "currentUtcOffset", -32_768, 32_767),
      leap: leapOf(read.flag(properties, "leap61"), read.flag(properties, "leap59")),
      stepsRemoved: read.integer(current, "stepsRemoved", 0, 65_535),
      offsetScaled: read.big(status, "master_offset") << 16n,
      meanPathDelayScaled: isPeerDelay ? read.scaled(port, "peerMeanPathDelay") : read.scaled(current, "meanPathDelay"),
      isPeerDelay,
      // Of the delay between peers it prints whole ns, cut off.
      printedScaled: isPeerDelay ? ONE_NS : HALF_TENTH,
    },
  };
  return read.trouble ?? look;
}

const PEER_TO_PEER = 2;

function receivedIn(blocks: readonly Block[]): ReceivedMessages | null {
  const counts = blocks
    .filter(({ set }) => set === COUNTS)
    .map(({ fields }) => ["rx_Sync", "rx_Follow_Up"].map((name) => fields.get(name)));
  const sums = [0, 1].map((place) => counts.map((one) => one[place] ?? "").reduce(plus, counts.length === 0 ? null : 0n));
  const [syncs, followUps] = sums as [bigint | null, bigint | null];
  return syncs === null || followUps === null ? null : { syncs, followUps };
}

const plus = (sum: bigint | null, text: string): bigint | null => (sum === null || !/^\d{1,20}$/.test(text) ? null : sum + BigInt(text));

const ONE_NS = 1n << 16n;
/** pmc prints one digit behind the point, rounded: half of a tenth of a ns, rounded up. */
const HALF_TENTH = 3_278n;

const leapOf = (inserted: boolean, deleted: boolean): PtpFacts["leap"] => (inserted === deleted ? 0 : inserted ? 1 : -1);

function blocksOf(text: string): Block[] {
  const blocks: { set: string; fields: Map<string, string> }[] = [];
  for (const line of text.split("\n", MOST_LINES)) {
    const [, set] = / RESPONSE MANAGEMENT ([A-Z_]{1,40})\s*$/.exec(line) ?? [];
    if (set !== undefined) blocks.push({ set, fields: new Map() });
    const [, name, value] = /^\s+([A-Za-z][A-Za-z0-9_.]{0,60})\s+(\S{1,80})\s*$/.exec(line) ?? [];
    const fields = blocks.at(-1)?.fields;
    if (name !== undefined && value !== undefined && fields?.has(name) === false) fields.set(name, value);
  }
  return blocks;
}

/** Of several ports the one that follows. */
function portOf(blocks: readonly Block[]): Fields {
  const ports = blocks.filter(({ set }) => set === "PORT_DATA_SET").map(({ fields }) => fields);
  const follows = (fields: Fields) => ["SLAVE", "UNCALIBRATED"].includes(fields.get("portState") ?? "");
  return ports.find(follows) ?? ports[0] ?? new Map();
}

/** Reads fields, and keeps the first that cannot be read. */
class Reader {
  trouble: Malformed | null = null;

  /** The time status from before and from after all else that is read. */
  both(blocks: readonly Block[]): [Fields, Fields] {
    const counted = blocks.filter(({ set }) => set !== LAST && set !== COUNTS);
    const [first, last] = [counted[0], counted.at(-1)];
    if (first !== undefined && last !== undefined && first !== last && first.set === STATUS && last.set === STATUS)
      return [first.fields, last.fields];
    this.#wrong(STATUS, "it was not answered twice, before all else and after");
    return [new Map(), new Map()];
  }

  word(fields: Fields, field: string): string {
    return this.#match(fields, field, /^[0-9a-zA-Z.:_-]{1,64}$/) ?? "";
  }

  oneOf(fields: Fields, field: string, yes: string, no: string): boolean {
    const text = fields.get(field);
    if (text !== yes && text !== no) this.#wrong(field, text);
    return text === yes;
  }

  flag(fields: Fields, field: string): boolean {
    return this.oneOf(fields, field, "1", "0");
  }

  integer(fields: Fields, field: string, least: number, most: number): number {
    const count = Number(this.#match(fields, field, /^-?\d{1,6}$/) ?? least);
    if (count < least || count > most) this.#wrong(field, String(count));
    return count;
  }

  big(fields: Fields, field: string): bigint {
    return BigInt(this.#match(fields, field, /^-?\d{1,19}$/) ?? 0);
  }

  code(fields: Fields, field: string): number {
    return Number(this.#match(fields, field, /^0x[0-9a-fA-F]{1,2}$/) ?? 0);
  }

  state(fields: Fields): PortState {
    const text = fields.get("portState");
    if (isPortState(text)) return text;
    this.#wrong("portState", text);
    return "FAULTY";
  }

  /** A decimal number of ns in 2⁻¹⁶ ns, rounded down; what is lost is less than half of its last digit. */
  scaled(fields: Fields, field: string): bigint {
    const [, sign, whole = "0", fraction = ""] = /^(-?)(\d{1,18})(?:\.(\d{1,9}))?$/.exec(fields.get(field) ?? "") ?? [];
    if (sign === undefined) this.#wrong(field, fields.get(field));
    const digits = BigInt(whole + fraction) * 65_536n;
    return (sign === "-" ? -digits : digits) / 10n ** BigInt(fraction.length);
  }

  #match(fields: Fields, field: string, form: RegExp): string | null {
    const text = fields.get(field);
    if (text !== undefined && form.test(text)) return text;
    this.#wrong(field, text);
    return null;
  }

  #wrong(field: string, text = ""): void {
    this.trouble ??= { line: 1, field, text: text.slice(0, 80) };
  }
}

/** Where two looks differ nothing between them can be relied on: which grandmaster, by which way, and what it announced. */
export function changedBetween(before: PtpLook, after: PtpLook): boolean {
  const state = ({ portState, parentPort, appliedUtcOffset, facts }: PtpLook) => {
    const { offsetScaled: _offset, meanPathDelayScaled: _delay, ...rest } = facts;
    return JSON.stringify([portState, parentPort, appliedUtcOffset, { ...rest, printedScaled: null }]);
  };
  return state(before) !== state(after);
}
