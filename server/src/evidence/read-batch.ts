import { Batch, validator } from "@truebound/wire";
import type { Fault } from "../refusal.ts";
import { faultsOf } from "./check.ts";

export type ReadBatch = { readonly batch: Batch } | { readonly faults: readonly Fault[] };

const schema = validator(Batch);
const MOST_FAULTS = 8;
/** Finding every fault of a megabyte takes more than half a second, in which no other agent is heard; of this, a few ms. */
const LONGEST_EXPLAINED = 16 * 1024;
const TOO_LONG_TO_SAY: readonly Fault[] = [{ pointer: "", detail: "is not of the form of a batch, and too long to say where" }];

/** Bytes to a batch in which every row can be relied upon, or what is wrong with them. No input throws. */
export function readBatch(body: Uint8Array, agent: string): ReadBatch {
  const value = parse(body);
  if (value === undefined) return { faults: [{ pointer: "", detail: "is not JSON in UTF-8" }] };
  if (!schema.accepts(value)) return { faults: body.length > LONGEST_EXPLAINED ? TOO_LONG_TO_SAY : tidy(schema.errors(value)) };
  if (value.agent !== agent) return { faults: [{ pointer: "/agent", detail: "is another agent than the one that signed" }] };
  const faults = faultsOf(value);
  return faults.length > 0 ? { faults: tidy(faults) } : { batch: value };
}

/** JSON has no `undefined`, so that stands for text that is none. */
function parse(body: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(body));
  } catch {
    return undefined;
  }
}

/** A pointer names the keys of a hostile document: only plain characters of it, and few of many, are repeated. */
const tidy = (faults: readonly Fault[]): Fault[] =>
  faults.slice(0, MOST_FAULTS).map(({ pointer, detail }) => ({ pointer: plain(pointer), detail: plain(detail) }));

const plain = (text: string): string => text.replace(/[^\x20-\x7e]/g, "?").slice(0, 200);

/** A stored batch that was readable when it came. */
export const readStoredBatch = (text: Uint8Array): Batch => JSON.parse(new TextDecoder().decode(text)) as Batch;
