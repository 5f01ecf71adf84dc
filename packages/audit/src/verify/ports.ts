import type { PlanReport } from "@truebound/time";
import type { TokenCrypto } from "../anchor/index.ts";
import type { Stretch } from "../audit-case.ts";
import type { EvidenceRecord } from "../evidence/host-evidence.ts";

/** A bundle, wherever it lies. Names are relative, with /. */
export interface BundleFiles {
  /** Null = there is none. */
  read(name: string): Promise<Uint8Array | null>;
  /** Lines without their ends; nothing for a file that is not there. */
  lines(name: string): AsyncIterable<string>;
  /** Names of the files in a folder; "" = those beside the manifest. */
  list(folder: string): Promise<readonly string[]>;
}

/** Hashes, signatures and the codes of bytes: this package has none of its own. */
export interface VerifyCrypto {
  sha256(data: Uint8Array | string): Uint8Array;
  /** False for a key that is none. */
  verifyEd25519(publicKey: Uint8Array, text: string, signature: Uint8Array): boolean;
  utf8(text: string): Uint8Array;
  /** Null for bytes that are no UTF-8. */
  text(bytes: Uint8Array): string | null;
  hex(bytes: Uint8Array): string;
  /** Null for a text that is not that of any bytes, or not the one that they have. */
  fromHex(text: string): Uint8Array | null;
  base64(bytes: Uint8Array): string;
  fromBase64(text: string): Uint8Array | null;
  base64url(bytes: Uint8Array): string;
  fromBase64url(text: string): Uint8Array | null;
}

export interface ChainedBatch {
  readonly agent: string;
  readonly epoch: number;
  readonly seq: number;
  readonly prev: string;
  readonly contentDigest: string;
}

export interface SignedDelivery extends ChainedBatch {
  readonly method: "POST";
  readonly targetUri: string;
  readonly head: string;
  readonly sent: string;
}

/** Keys in base64url. */
export interface ServerKeyChange {
  readonly installation: string;
  readonly before: string;
  readonly public_key: string;
  readonly since_ns: string;
  readonly isLost: boolean;
}

/** A calendar as it was set from an instant (ns of UTC) on; null = it was taken away. */
export interface DatedHours {
  readonly calendar: Readonly<Record<string, unknown>> | null;
  readonly from: bigint;
}

/** How agents and servers write what they sign: the words of packages/wire. */
export interface WireForms {
  chainText(batch: ChainedBatch): string;
  genesisText(agent: string, epoch: number): string;
  signatureBase(delivery: SignedDelivery): string;
  statementText(agent: string, body: Uint8Array): string;
  keyChangeText(change: ServerKeyChange): string;
  encodeDelivery(delivery: { readonly batches: readonly Uint8Array[]; readonly live: null }): Uint8Array;
  /** Null for bytes that are no batch of this host. */
  readBatch(body: Uint8Array, at: Numbered): EvidenceRecord | null;
  /** What a plan reads of such a batch; null for bytes that are none. */
  readPlan(body: Uint8Array, host: string): PlanReport | null;
  /** When a calendar is open within a period, by each of its forms for the time of it, and by the first for all time before. */
  hoursOf(forms: readonly DatedHours[], period: Stretch): readonly Stretch[] | { readonly unknownTimezone: string };
  /** Null for bytes that are no statement, or one of another context. */
  readStatement(body: Uint8Array, context: string, at: Numbered): EvidenceRecord | null;
}

export interface Numbered {
  readonly host: string;
  readonly epoch: number;
  readonly seq: number;
}

export interface VerifyPorts {
  readonly files: BundleFiles;
  readonly crypto: VerifyCrypto;
  readonly wire: WireForms;
  /** With what tokens of RFC 3161 are checked. */
  readonly token: TokenCrypto;
}

export const STEPS = ["signature", "anchors", "heads", "evidence", "profiles", "results", "rendered", "signoff"] as const;
export type Step = (typeof STEPS)[number];

/** What does not hold: the first of it. */
export interface Failure {
  readonly step: Step;
  readonly host: string | null;
  readonly epoch: number | null;
  readonly seq: number | null;
  /** A word for what was broken. */
  readonly rule: string;
  readonly detail: string;
}

/** Thrown by a step, and caught where the steps are taken one after the other. */
export class BundleFault extends Error {
  readonly failure: Failure;
  constructor(step: Step, rule: string, detail: string, at: Partial<Pick<Failure, "host" | "epoch" | "seq">> = {}) {
    super(detail);
    this.name = "BundleFault";
    this.failure = { step, rule, detail, host: at.host ?? null, epoch: at.epoch ?? null, seq: at.seq ?? null };
  }
  /** What another thread found. */
  static of({ step, rule, detail, host, epoch, seq }: Failure): BundleFault {
    const at = { ...(host !== null && { host }), ...(epoch !== null && { epoch }), ...(seq !== null && { seq }) };
    return new BundleFault(step, rule, detail, at);
  }
}
