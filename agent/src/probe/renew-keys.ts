import type { Interval } from "@truebound/time";
import type { DateTrouble, NtsDialogue, NtsTrouble } from "./nts-dialogue.ts";
import type { KeyMaker } from "./nts-keys.ts";

/** Whose keys are renewed. */
export interface KeyHolder {
  readonly nts: NtsDialogue | null;
  /** Of the server of keys; null = not resolved. */
  readonly keyAddress: string | null;
  readonly source: { readonly id: string; readonly port: number };
  readonly address: string | null;
  count(trouble: NtsTrouble): void;
  /** What its keys authenticated is of no use. */
  distrust(why: DateTrouble): void;
  /** Another clock answers from now on. */
  forget(): void;
}

export interface KeyInstruments {
  /** Absent = no keys are to be had here. */
  readonly keys?: KeyMaker;
  /** What is proved of UTC right now by others than this source; null = nothing. */
  readonly utc?: (source: string) => Interval | null;
}

/** Before a request: keys where they are needed, and another look at the certificate that they rest on. @param now s, monotonic. */
export async function renewKeys(holder: KeyHolder, { keys, utc = () => null }: KeyInstruments, now: number): Promise<void> {
  const { nts, keyAddress: address, source } = holder;
  if (nts === null || keys === undefined || address === null) return;
  const untimely = nts.judgeDates(utc(source.id));
  if (untimely !== null) holder.distrust(untimely);
  if (!nts.needsKeys(now)) return;
  const before = holder.address;
  const server = { endpoint: { address, port: nts.keyPort }, name: nts.name, ...(nts.pins === undefined ? {} : { pins: nts.pins }) };
  const outcome = await keys.establish(server, source.port);
  const trouble = nts.learned(outcome, utc(source.id));
  if (trouble !== null) holder.count(trouble);
  if (holder.address !== before) holder.forget();
}
