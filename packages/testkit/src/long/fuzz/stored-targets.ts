import { encodeFrame, type SealedBatch, scanFrames } from "@truebound/agent";
import type { SeededRandom } from "../../sim/random.ts";
import * as right from "./examples.ts";
import { bentBytes, bentJson, bentText } from "./mutate.ts";
import { type FuzzTarget, unless } from "./target.ts";

/** What was stored, and may have been damaged since. */
export const storedTargets: readonly FuzzTarget[] = [{ name: "spool frames", kind: "bytes", draw: drawFrames, feed: takeFrames }];

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
