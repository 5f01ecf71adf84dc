import { difference, fromUtc, toUtc } from "@truebound/ntp";
import { runScenario, SeededRandom } from "@truebound/testkit";
import { absolute, parseUtc, type UtcInstant, utc } from "@truebound/time";
import { describe, expect, it } from "vitest";
import { times } from "./scale.ts";

const CASES = times(20_000, 1_000_000);
const SECOND = 1_000_000_000n;
const YEARS_34 = 34n * 31_556_952n * SECOND;
const at = (text: string): UtcInstant => parseUtc(text) as UtcInstant;
const TURNS = ["2036-02-07T06:28:16Z", "2038-01-19T03:14:08Z", "2104-02-26T09:42:24Z"];
/** A real number of ns, as a whole one. */
const draw = (random: SeededRandom, most: bigint): bigint => (BigInt(Math.floor(random.between(-1, 1) * 2 ** 52)) * most) / 2n ** 52n;

/** A server at `there`, a client `offset` behind or ahead of it, a build made anywhere within 34 years of both. */
function wrong(there: bigint, offset: bigint, build: bigint): string | null {
  const [server, client] = [fromUtc(utc(there)), fromUtc(utc(there - offset))];
  const back = toUtc(server, utc(there + build));
  if (back > there || there - back > 1n) return `${there} came back as ${back}`;
  const seen = difference(server, client);
  if (absolute(seen - offset) > 1n) return `an offset of ${offset} was seen as ${seen}`;
  return null;
}

describe("R7 the ends of eras", () => {
  it.each(TURNS)("%s, 500 s on either side: round trip and sign", (turn) => {
    const random = new SeededRandom(7);
    for (let index = 0; index < CASES / 4; index++)
      expect(wrong(at(turn) + draw(random, 500n * SECOND), draw(random, 1000n * SECOND), draw(random, YEARS_34))).toBeNull();
  });
  it("any instant from 1970 to 2262, any offset within 34 years", () => {
    const random = new SeededRandom(8);
    const middle = 2n ** 62n;
    for (let index = 0; index < CASES; index++)
      expect(wrong(middle + draw(random, middle), draw(random, YEARS_34), draw(random, YEARS_34))).toBeNull();
  });
  it.each(TURNS.slice(0, 2))("a host through %s: every bound holds the truth, and none is lost", (turn) => {
    const source = (last: number, errorNs = 0) => ({
      address: `198.51.100.${last}:123`,
      thereMs: 3,
      backMs: 5,
      jitterMs: 1,
      interleaves: last % 2 === 0,
      errorNs,
    });
    const { rows, missed, missedTight, missedBetween, events } = runScenario({
      name: turn,
      seconds: 1000,
      seed: 36,
      pollS: 4,
      startUtc: at(turn) - 500n * SECOND,
      clock: { driftPpb: 40_000, aheadNs: 7_000_000 },
      sources: [source(1), source(2), source(3), source(4)],
    });
    expect([missed, missedTight, missedBetween]).toEqual([[], [], []]);
    expect(rows.slice(20).every(({ status }) => status === "proven")).toBe(true);
    expect(events.filter((kind) => /conflict|stepped|jumped|disrupted/.test(kind))).toEqual([]);
  });
});
