import { createHash } from "node:crypto";
import { encodeFrame, type SealedBatch, scanFrames } from "@truebound/agent";
import { archiveCoding, packRows, readBlock, unpackRow, writePart } from "@truebound/server";
import { packColumn, readStatement, type StatedSpan, statementOf } from "@truebound/wire";
import type { SeededRandom } from "../../sim/random.ts";
import * as right from "./examples.ts";
import { bentBytes, bentJson, bentText } from "./mutate.ts";
import { bytes, type FuzzTarget, unless } from "./target.ts";

const sha256 = (text: string): string => createHash("sha256").update(text).digest("hex");
const STATEMENT = statementOf(right.BATCH, sha256) ?? new Uint8Array(0);
const ROW = packRows(
  [1, 2, 3].map((seq) => ({
    epoch: 1,
    seq,
    body: STATEMENT,
    signature: new Uint8Array(64).fill(seq),
    spans: readStatement(STATEMENT)?.spans ?? [],
  })),
)[0] ?? { context: new Uint8Array(0), statements: new Uint8Array(0) };
const ROWS = [1, 2].map((seq) => ({ head: `{"epoch":1,"seq":"${seq}"}`, body: STATEMENT }));
const PLAIN = { ...archiveCoding, deflate: (block: Uint8Array) => block, inflate: (block: Uint8Array) => block };
const HOST = { host: right.AGENT_ID, rows: ROWS, firstUtc: 0n, lastUtc: 1n };

/** What was stored, and may have been damaged since. */
export const storedTargets: readonly FuzzTarget[] = [
  { name: "spool frames", kind: "bytes", draw: drawFrames, feed: takeFrames },
  bytes("span statement", [STATEMENT], readStatement, (statement, input) =>
    unless(
      statement === null || Buffer.compare(writtenAgain(statement.spans), input.subarray(16)) === 0,
      "a statement that is written otherwise",
    ),
  ),
  bytes(
    "row of audit spans",
    [ROW.statements],
    (statements) => unpackRow({ context: ROW.context, statements }),
    (stated) =>
      unless(stated === null || stated.every(({ signature }) => signature.length === 64), "a statement without a whole signature"),
  ),
  bytes(
    "block of an archive",
    [writePart(20_000, 1, [HOST], PLAIN).bytes],
    (block) => readBlock(block, PLAIN),
    (rows, input) =>
      unless(
        rows === null || rows.reduce((sum, { body }) => sum + 8 + body.length, 0) <= input.length,
        "rows of more bytes than there are",
      ),
  ),
  bytes(
    "deflated block of an archive",
    [writePart(20_000, 1, [HOST], archiveCoding).bytes],
    (block) => readBlock(block, archiveCoding),
    (rows) => unless(rows === null || rows.every(({ head }) => typeof head === "string"), "a row without a head"),
  ),
];

/** The spans without their context. */
function writtenAgain(spans: readonly StatedSpan[]): Uint8Array {
  const column = (pick: (span: StatedSpan) => bigint) => packColumn(spans.map(pick));
  const written = statementOf(
    {
      ...right.BATCH,
      spans: {
        from_raw_ns: column((span) => span.fromRaw),
        from_realtime_ns: column((span) => span.fromRealtime),
        to_raw_ns: column((span) => span.toRaw),
        to_realtime_ns: column((span) => span.toRealtime),
        lo_ns: column((span) => span.lo),
        hi_ns: column((span) => span.hi),
        readings: spans.map((span) => span.readings),
        status: spans.map((span) => span.status),
      },
    },
    sha256,
  );
  // Of no spans nobody makes a statement; the bytes that say so are one of nothing.
  return written?.subarray(16) ?? Uint8Array.of(0);
}

/** Now and then a frame is whole and its content is not: as another version of us would write it. */
function drawFrames(random: SeededRandom): Uint8Array {
  if (random.next() < 0.6) return bentBytes(random, right.FRAMES);
  const rest = bentJson(random, [{ epoch: 1, seq: 2, prev: "0", digest: "x", hash: "y" }]);
  return encodeFrame({ ...(rest as SealedBatch), body: new TextEncoder().encode(bentText(random, ["{}"])) });
}

function takeFrames(input: Uint8Array): string | null {
  const { batches, soundBytes } = scanFrames(input);
  if (soundBytes > input.length) return `${soundBytes} sound bytes of ${input.length}`;
  const odd = batches.find(({ epoch, seq, prev, hash }) => ![epoch, seq].every(Number.isSafeInteger) || typeof (prev + hash) !== "string");
  return unless(odd === undefined, "a batch without a place");
}
