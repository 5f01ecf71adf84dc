import {
  areIntervals,
  type Column,
  ColumnRecord,
  type EvidenceRecord,
  isKnown,
  knownWith,
  type ReadingColumns,
  type RecordColumns,
  type SpanColumns,
} from "@truebound/audit";
import { driftOf } from "./evidence-record.ts";
import { PlainScanner } from "./plain-scanner.ts";

const at = (text: string): Uint8Array => Buffer.from(text);
/** As agents write a batch: by these members in this order. */
const [VERSION, BOOT_ID, SOFTWARE] = [at('{"version":2,"agent":"'), at(',"boot_id":"'), at(',"software":"')];
const [BOOTTIME, REALTIME] = [at(',"sealed_boottime_ns":"'), at(',"sealed_realtime_ns":"')];
const [RHO, OSCILLATOR] = [at(',"assumptions":{"rho_ppb":'), at(',"oscillator_ppb":')];
const BASIS = [at(',"drift_basis":'), at(',"sigma_ppb":'), at(',"faults":')];
const [SLEW, SLEW_BASIS] = [at(',"slew_ppm":'), [at(',"slew_basis":'), at(',"stamp_mode":')]];
const [CLOSED, COMMA, QUOTE] = [at("}"), at(","), at('"')];
const [BOUNDS, SPANS, NO_EVENTS] = [at('"bounds":'), at('"spans":'), at('"events":[]')];
/** Read already, or such that all of it is to be read as JSON. */
const OTHERS = ['"version"', '"agent"', '"boot_id"', '"assumptions"', '"events"', '"rehearsal"'].map(at);

const names = (...all: readonly string[]): readonly Uint8Array[] => all.map((name) => at(`,"${name}":`));
const FIRST = at('{"raw_ns":');
const [OF_REALTIME, OF_BOOTTIME, OF_STATUS, OF_REASON] = names("realtime_ns", "boottime_ns", "status", "reason") as Four;
const [OF_LO, OF_HI, OF_LOW, OF_HIGH] = names("lo_ns", "hi_ns", "throughout_lo_ns", "throughout_hi_ns") as Four;
const BETWEEN = names("since_lo_ns", "since_hi_ns", "tight_lo_ns", "tight_hi_ns");
const [OF_GAP, OF_VOTES, OF_NEED, OF_AGREE] = names("gap_ns", "votes", "need", "agree") as Four;
const FIRST_OF_SPANS = at('{"from_raw_ns":');
const [FROM_REALTIME, TO_RAW, TO_REALTIME, OF_READINGS] = names("from_realtime_ns", "to_raw_ns", "to_realtime_ns", "readings") as Four;
type Four = [Uint8Array, Uint8Array, Uint8Array, Uint8Array];

interface Place {
  readonly host: string;
  readonly epoch: number;
  readonly seq: number;
}

/**
 * What an audit asks of a batch, taken from its text where it stands: most of a batch is not for audits, and need not be made
 * objects of. The text must be that of a batch in which nothing is wrong. Null = it is not written as agents write it, or has
 * events, a rehearsal or odd numbers: it is to be read as JSON.
 */
export function plainRecord(text: Uint8Array, { host, epoch, seq }: Place): EvidenceRecord | null {
  const scanner = new PlainScanner(text);
  const head = headOf(scanner);
  const rest = head.agent === host ? restOf(scanner) : null;
  if (rest === null || scanner.isOdd || !scanner.isAtEnd) return null;
  return new ColumnRecord({ epoch, seq, bootId: head.bootId, rehearsed: false, driftPpb: driftOf(head.rates) }, rest, []);
}

function headOf(scanner: PlainScanner) {
  const textAfter = (name: Uint8Array): string => {
    scanner.expect(name);
    return scanner.textToQuote();
  };
  const [agent, bootId] = [textAfter(VERSION), textAfter(BOOT_ID)];
  for (const name of [SOFTWARE, BOOTTIME, REALTIME]) {
    scanner.expect(name);
    scanner.passToQuote();
  }
  return { agent, bootId, rates: ratesOf(scanner) };
}

function ratesOf(scanner: PlainScanner) {
  scanner.expect(RHO);
  const rho_ppb = scanner.integer();
  scanner.expect(OSCILLATOR);
  const oscillator_ppb = scanner.integerOrNull();
  passAll(scanner, BASIS);
  scanner.expect(SLEW);
  const slew_ppm = scanner.integer();
  passAll(scanner, SLEW_BASIS);
  scanner.expect(CLOSED);
  return { rho_ppb, oscillator_ppb, slew_ppm };
}

function passAll(scanner: PlainScanner, names: readonly Uint8Array[]): void {
  for (const name of names) {
    scanner.expect(name);
    scanner.passValue();
  }
}

/** Each of its members is there once, whatever else there is. */
function restOf(scanner: PlainScanner): RecordColumns | null {
  let [readings, spans, hasEvents]: [ReadingColumns | null, SpanColumns | null, boolean] = [null, null, false];
  while (scanner.takes(COMMA)) {
    if (scanner.takes(BOUNDS)) {
      if (readings !== null) return null;
      readings = readingsOf(scanner);
      if (readings === null) return null;
    } else if (scanner.takes(SPANS)) {
      if (spans !== null) return null;
      spans = spansOf(scanner);
      if (spans === null) return null;
    } else if (!hasEvents && scanner.takes(NO_EVENTS)) hasEvents = true;
    else if (OTHERS.some((name) => scanner.takes(name))) return null;
    else passMember(scanner);
  }
  scanner.expect(CLOSED);
  return readings === null || spans === null || !hasEvents ? null : { readings, spans };
}

function passMember(scanner: PlainScanner): void {
  scanner.expect(QUOTE);
  scanner.passToQuote();
  scanner.passValue();
}

function readingsOf(scanner: PlainScanner): ReadingColumns | null {
  const column = (name: Uint8Array): Column => {
    scanner.expect(name);
    return scanner.column();
  };
  const [raw, realtime] = [column(FIRST), column(OF_REALTIME)];
  scanner.expect(OF_BOOTTIME);
  scanner.passColumn();
  scanner.expect(OF_STATUS);
  const status = scanner.words();
  scanner.expect(OF_REASON);
  scanner.passToClose();
  const [lo, hi] = [column(OF_LO), column(OF_HI)];
  for (const name of BETWEEN) {
    scanner.expect(name);
    scanner.passColumn();
  }
  const [low, high] = [column(OF_LOW), column(OF_HIGH)];
  passBehind(scanner);
  const isWhole =
    !scanner.isOdd &&
    hasRows([raw, realtime, lo, hi, low, high], status.length) &&
    isKnown(raw) &&
    isKnown(realtime) &&
    areIntervals(lo, hi) &&
    areIntervals(low, high);
  return isWhole ? { status, raw, realtime, lo, hi, low: knownWith(low, lo), high: knownWith(high, lo) } : null;
}

/** What no audit asks of readings. A clock that is simulated says more. */
function passBehind(scanner: PlainScanner): void {
  scanner.expect(OF_GAP);
  scanner.passColumn();
  passAll(scanner, [OF_VOTES, OF_NEED, OF_AGREE]);
  scanner.expect(CLOSED);
}

function spansOf(scanner: PlainScanner): SpanColumns | null {
  const column = (name: Uint8Array): Column => {
    scanner.expect(name);
    return scanner.column();
  };
  const [fromRaw, fromRealtime, toRaw] = [column(FIRST_OF_SPANS), column(FROM_REALTIME), column(TO_RAW)];
  const [toRealtime, lo, hi] = [column(TO_REALTIME), column(OF_LO), column(OF_HI)];
  scanner.expect(OF_READINGS);
  scanner.passToClose();
  scanner.expect(OF_STATUS);
  const status = scanner.words();
  scanner.expect(CLOSED);
  const columns = [fromRaw, fromRealtime, toRaw, toRealtime, lo, hi];
  const isWhole = !scanner.isOdd && hasRows(columns, status.length) && columns.every(isKnown);
  return isWhole && areIntervals(lo, hi) && areIntervals(fromRaw, toRaw)
    ? { status, fromRaw, fromRealtime, toRaw, toRealtime, lo, hi }
    : null;
}

const hasRows = (columns: readonly Column[], rows: number): boolean => columns.every((column) => column.rows === rows);
