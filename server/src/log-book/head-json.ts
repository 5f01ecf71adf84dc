import type { SignedHead } from "./ports.ts";

/** A head as the API, the commands and a witness file say it. */
export interface SpokenHead {
  readonly number: number;
  readonly installation: string;
  readonly shard: string;
  readonly size: number;
  readonly root: string;
  readonly timestamp_ns: string;
  readonly previous: string;
  /** Raw Ed25519, base64url. */
  readonly public_key: string;
  readonly signature: string;
}

const base64url = (bytes: Uint8Array): string => Buffer.from(bytes).toString("base64url");

export const sayHead = ({ number, head, publicKey, signature }: SignedHead): SpokenHead => ({
  number,
  installation: head.installation,
  shard: head.shard,
  size: head.size,
  root: head.root,
  timestamp_ns: head.timestamp.toString(),
  previous: head.previous,
  public_key: base64url(publicKey),
  signature: base64url(signature),
});

const HEX = /^[0-9a-f]{64}$/;
const FORMS: Readonly<Record<keyof SpokenHead, (value: unknown) => boolean>> = {
  number: (value) => Number.isSafeInteger(value) && Number(value) > 0,
  installation: (value) => typeof value === "string" && /^[^\n]+$/.test(value),
  shard: (value) => typeof value === "string" && /^\d{4}-(0[1-9]|1[0-2])$/.test(value),
  size: (value) => Number.isSafeInteger(value) && Number(value) >= 0,
  root: (value) => typeof value === "string" && HEX.test(value),
  timestamp_ns: (value) => typeof value === "string" && /^-?\d{1,19}$/.test(value),
  previous: (value) => typeof value === "string" && HEX.test(value),
  public_key: (value) => typeof value === "string" && /^[\w-]{43}$/.test(value),
  signature: (value) => typeof value === "string" && /^[\w-]{86}$/.test(value),
};

/** Null for what is no head. */
export function readSpokenHead(value: unknown): SignedHead | null {
  if (typeof value !== "object" || value === null) return null;
  const fields: Record<string, unknown> = { ...value };
  if (Object.entries(FORMS).some(([name, fits]) => !fits(fields[name]))) return null;
  const { number, installation, shard, size, root, timestamp_ns, previous, public_key, signature } = fields as unknown as SpokenHead;
  return {
    number,
    head: { installation, shard, size, root, timestamp: BigInt(timestamp_ns), previous },
    publicKey: Buffer.from(public_key, "base64url"),
    signature: Buffer.from(signature, "base64url"),
  };
}
