/** How long a shard of the log was, what its root was then, and which head came before, of whichever shard. */
export interface LogHead {
  readonly installation: string;
  /** UTC month by the database's clock when its leaves were written: 2026-11. */
  readonly shard: string;
  readonly size: number;
  /** Hex. */
  readonly root: string;
  /** ns of the database's clock: data, and no proof of any time. */
  readonly timestamp: bigint;
  /** SHA-256, in hex, of the text of the head before; NO_HEAD_BEFORE where there is none. */
  readonly previous: string;
}

export const NO_HEAD_BEFORE = "0".repeat(64);

const FORMAT = "truebound-head/1";

/** The text under a head's signature. */
export const headText = ({ installation, shard, size, root, timestamp, previous }: LogHead): string =>
  [FORMAT, installation, shard, size, root, timestamp, previous].join("\n");

const FORM =
  /^truebound-head\/1\n(?<installation>[^\n]+)\n(?<shard>\d{4}-(?:0[1-9]|1[0-2]))\n(?<size>0|[1-9]\d{0,15})\n(?<root>[0-9a-f]{64})\n(?<timestamp>0|-?[1-9]\d{0,18})\n(?<previous>[0-9a-f]{64})$/;

/** Null for a text that is no head. */
export function readHead(text: string): LogHead | null {
  const { installation, shard, size, root, timestamp, previous } = FORM.exec(text)?.groups ?? {};
  if (installation === undefined || shard === undefined || root === undefined || previous === undefined) return null;
  const count = Number(size);
  return Number.isSafeInteger(count) ? { installation, shard, size: count, root, timestamp: BigInt(timestamp ?? ""), previous } : null;
}
