import { readFileSync } from "node:fs";
import { join } from "node:path";
import { utc } from "@truebound/time";
import { describe, expect, it } from "vitest";
import { placed, stored } from "../evidence/batch.fixture.ts";
import { insideOf, PLAIN_LIMIT } from "../stamps/stamp-limit.ts";
import { orderOf } from "./order.ts";
import { type StampPlace, Windows } from "./stamp-place.ts";
import type { StoredReading } from "./stored-readings.ts";

const DOC = readFileSync(join(import.meta.dirname, "../../../docs/order.md"), "utf8");

interface Piece {
  readonly from: number;
  readonly to: number;
  readonly behind_ns: string;
  readonly error_ns: string;
}
interface Example {
  readonly clocks: Readonly<Record<string, readonly Piece[]>>;
  readonly order?: readonly { readonly a: string; readonly b: string; readonly result: string; readonly margin_ns: string | null }[];
  readonly limit_ns?: string;
  readonly stamps?: readonly { readonly stamp: string; readonly inside: string }[];
}

const EXAMPLES = [...DOC.matchAll(/```json\n([\s\S]*?)```/g)].map(([, text]) => JSON.parse(text ?? "") as Example);

const S = 1_000_000_000n;
const T0 = 1_740_830_400n * S;

/** Read every ten seconds of each piece and at its end; between two pieces it was set. */
function readingsOf(pieces: readonly Piece[]): StoredReading[] {
  return pieces.flatMap(({ from, to, behind_ns, error_ns }) => {
    const seconds = Array.from({ length: to - from + 1 }, (_, index) => from + index).filter(
      (second) => second % 10 === 0 || second === from,
    );
    const [behind, error] = [BigInt(behind_ns), BigInt(error_ns)];
    const bound = { lo: behind - error, hi: behind + error };
    return seconds.map((second) => {
      const at = T0 + BigInt(second) * S;
      const throughout = second === from ? null : bound;
      return stored(
        placed(at, null, { realtime: at - behind, bound, throughout, status: "proven", reason: null, marked: false, at: utc(at) }),
      );
    });
  });
}

const nanoseconds = (seconds: string): bigint => {
  const [whole = "0", part = ""] = seconds.split(".");
  return BigInt(whole) * S + BigInt(part.padEnd(9, "0"));
};

function place({ clocks }: Example, named: string): { readonly stamp: bigint; readonly place: StampPlace } {
  const [host = "", time = ""] = named.split("@");
  const stamp = T0 + nanoseconds(time);
  return { stamp, place: new Windows([{ readings: readingsOf(clocks[host] ?? []), isEnd: false }]).place(stamp) };
}

describe("the examples of docs/order.md", () => {
  it("are there", () => expect(EXAMPLES.length).toBe(4));
  it.each(EXAMPLES.flatMap((example) => (example.order ?? []).map((one) => ({ ...one, example }))))(
    "$a and $b: $result",
    ({ a, b, result, margin_ns, example }) => {
      const found = orderOf(place(example, a).place, place(example, b).place);
      expect({ result: found.result, margin_ns: found.margin?.toString() ?? null }).toEqual({ result, margin_ns });
    },
  );
  it.each(EXAMPLES.flatMap((example) => (example.stamps ?? []).map((one) => ({ ...one, example }))))(
    "$stamp is inside: $inside",
    ({ stamp, inside, example }) => {
      const limit = BigInt(example.limit_ns ?? 0);
      const found = place(example, stamp);
      expect(insideOf(found.place, found.stamp, { ...PLAIN_LIMIT, min: -limit, max: limit })).toBe(inside);
    },
  );
});
