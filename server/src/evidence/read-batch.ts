import { Batch, validator } from "@truebound/wire";
import type { Fault } from "../refusal.ts";
import { faultsOf } from "./check.ts";
import { duplicateKeys, hasPlainKeys } from "./duplicate-keys.ts";
import { isPlainBatch } from "./plain-batch.ts";
import { type Salvage, salvage } from "./salvage.ts";

/** A batch in which every record can be relied upon, and the records that were set aside; or what is wrong with the whole. */
export type ReadBatch = Salvage | { readonly faults: readonly Fault[] };

const schema = validator(Batch);
const MOST_FAULTS = 8;
/** Finding every fault of a megabyte takes more than half a second, in which no other agent is heard; of this, a few ms. */
const LONGEST_EXPLAINED = 16 * 1024;
const TOO_LONG_TO_SAY: readonly Fault[] = [{ pointer: "", detail: "is not of the form of a batch, and too long to say where" }];

/** Bytes to a batch. No input throws. */
export function readBatch(bytes: Uint8Array, agent: string): ReadBatch {
  try {
    return read(bytes, agent);
  } catch (error) {
    // What is nested without end overflows the stack of whoever looks into it.
    if (error instanceof RangeError) return { faults: [{ pointer: "", detail: "is nested too deeply" }] };
    throw error;
  }
}

function read(bytes: Uint8Array, agent: string): ReadBatch {
  const text = textOf(bytes);
  const value = text === null ? undefined : parse(text);
  if (text === null || value === undefined) return { faults: [{ pointer: "", detail: "is not JSON in UTF-8" }] };
  const twice = hasPlainKeys(text, value) ? [] : duplicateKeys(text);
  if (twice.length === 0 && isPlainBatch(value) && value.agent === agent) return { batch: value, setAside: [], endsOpen: false };
  if (twice.length === 0 && schema.accepts(value)) {
    if (value.agent !== agent) return { faults: [{ pointer: "/agent", detail: "is another agent than the one that signed" }] };
    const faults = faultsOf(value);
    if (faults.length === 0) return { batch: value, setAside: [], endsOpen: false };
  }
  const saved = isOf(value, agent) ? salvage(withoutDoubles(value, twice), judge) : null;
  if (saved !== null)
    return {
      ...saved,
      setAside: tidy(
        saved.setAside.map((fault) => named(fault, twice)),
        saved.setAside.length,
      ),
    };
  return { faults: bytes.length > LONGEST_EXPLAINED ? TOO_LONG_TO_SAY : tidy(allFaults(value, twice)) };
}

/** A batch as it was stored, read as it was when it came. `isWhole`: nothing of it was set aside then. */
export function readStoredBatch(bytes: Uint8Array, agent: string, isWhole: boolean): Salvage {
  if (isWhole) return { batch: JSON.parse(new TextDecoder().decode(bytes)) as Batch, setAside: [], endsOpen: false };
  const read = readBatch(bytes, agent);
  if ("faults" in read) throw new Error("Cannot read a stored batch that could be read when it came");
  return read;
}

const isOf = (value: unknown, agent: string): boolean =>
  typeof value === "object" && value !== null && "agent" in value && value.agent === agent;

function judge(value: unknown): Fault | null {
  if (schema.accepts(value)) return faultsOf(value)[0] ?? null;
  return schema.errors(value)[0] ?? { pointer: "", detail: "is not of the form of a batch" };
}

function allFaults(value: unknown, twice: readonly string[]): Fault[] {
  if (schema.accepts(value)) return [...twice.map(saidTwice), ...faultsOf(value)];
  return [...twice.map(saidTwice), ...schema.errors(value)];
}

const saidTwice = (pointer: string): Fault => ({ pointer, detail: "says one name twice" });

/** What became of a record in which a name is said twice says so. */
const named = (fault: Fault, twice: readonly string[]): Fault =>
  twice.some((pointer) => pointer === fault.pointer || pointer.startsWith(`${fault.pointer}/`)) ? saidTwice(fault.pointer) : fault;

/** The record in which a name is said twice becomes one that no form accepts; outside of records that is the whole batch. */
function withoutDoubles(value: unknown, twice: readonly string[]): unknown {
  const copy = twice.length === 0 ? value : structuredClone(value);
  return twice.every((pointer) => spoil(copy, pointer)) ? copy : null;
}

/** A source or event, or a cell of a column: what the form of a batch allows to be many. */
const RECORD = /^((?:\/(?:sources|events)|\/(?:bounds|spans|exchanges|intervals)\/[a-z_0-9]+(?:\/d)?)\/\d+)/;

function spoil(document: unknown, pointer: string): boolean {
  const steps = RECORD.exec(pointer)?.[1]?.slice(1).split("/") ?? [];
  const last = steps.pop();
  const list = steps.reduce<unknown>((inside, step) => (inside as Record<string, unknown> | undefined)?.[step], document);
  if (last === undefined || !Array.isArray(list)) return false;
  list[Number(last)] = {};
  return true;
}

const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

function textOf(bytes: Uint8Array): string | null {
  try {
    return decoder.decode(bytes);
  } catch {
    return null; // not UTF-8
  }
}

/** JSON has no `undefined`, so that stands for text that is none. */
function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** A pointer names the keys of a hostile document: only plain characters of it, and few of many, are repeated. */
const tidy = (faults: readonly Fault[], most = MOST_FAULTS): Fault[] =>
  faults.slice(0, most).map(({ pointer, detail }) => ({ pointer: plain(pointer), detail: plain(detail) }));

const plain = (text: string): string => text.replace(/[^\x20-\x7e]/g, "?").slice(0, 200);
