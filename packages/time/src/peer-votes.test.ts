import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { fuse } from "./fusion.ts";
import { contains, interval } from "./interval.ts";
import { castPeerVotes, identitiesOf, type PeerVoter } from "./peer-votes.ts";
import { castVotes, type SourceIdentity } from "./votes.ts";

const source = (last: number, over: Partial<SourceIdentity> = {}): SourceIdentity => ({
  id: `s${last}`,
  address: `192.0.2.${last}`,
  ownRefid: 0xc0000200 + last,
  refid: 0x47505300,
  stratum: 1,
  origin: "declared",
  ...over,
});
const peer = (id: string, behind: readonly SourceIdentity[], lo: bigint, hi: bigint): PeerVoter => ({
  id,
  restsOn: behind.flatMap(identitiesOf),
  interval: interval(lo, hi),
});
const OWN = [source(1), source(2), source(3)];
const honest = OWN.map((identity) => ({ identity, interval: interval(-1_000n, 1_000n) }));

describe("votes of neighbours", () => {
  it("of one lying server behind twelve are one vote, and three honest sources win", () => {
    const liar = source(99);
    const peers = Array.from({ length: 12 }, (_, index) => peer(`p${index}`, [liar], 50_000n, 51_000n));
    const votes = [...castVotes(honest), ...castPeerVotes(OWN, peers)];
    expect(votes).toHaveLength(4);
    const { hull } = fuse(
      votes.map((vote) => vote.interval as NonNullable<typeof vote.interval>),
      1,
    );
    expect(hull).toEqual({ lo: -1_000n, hi: 1_000n });
  });
  it("count apart where their sources are apart", () => {
    const peers = [10, 11, 12].map((last) => peer(`p${last}`, [source(last)], -500n, 500n));
    expect(castPeerVotes(OWN, peers).map(({ members }) => members)).toEqual([["p10"], ["p11"], ["p12"]]);
  });
  it("are none where the host has the same source, or one behind the same upstream", () => {
    const behind = source(50, { refid: source(1).ownRefid, stratum: 2 });
    const sibling = source(51, { refid: 0x0a000001, stratum: 2 });
    const own = [...OWN, source(4, { refid: 0x0a000001, stratum: 2 })];
    expect(castPeerVotes(own, [peer("a", [source(2)], -1n, 1n), peer("b", [behind], -1n, 1n), peer("c", [sibling], -1n, 1n)])).toEqual([]);
  });
  it("share what any of their upstreams shares, over as many steps as it takes", () => {
    const [x, y, z] = [source(20), source(21), source(22)];
    const peers = [peer("a", [x], -9n, 1n), peer("c", [z], -1n, 9n), peer("b", [y, x], -5n, 5n), peer("d", [z, y], -2n, 2n)];
    expect(castPeerVotes(OWN, peers)).toEqual([{ members: ["a", "b", "c", "d"], interval: { lo: -1n, hi: 1n } }]);
  });
  it("are void where those who share one contradict each other", () => {
    expect(castPeerVotes(OWN, [peer("a", [source(20)], 0n, 1n), peer("b", [source(20)], 5n, 6n)])).toEqual([
      { members: ["a", "b"], interval: null },
    ]);
  });
  it("of whoever does not say what it rests on are none", () => expect(castPeerVotes(OWN, [peer("a", [], 0n, 1n)])).toEqual([]));
  it("of a neighbour that claims all upstreams of the fleet cost neighbours their votes, and the host's own sources nothing", () => {
    const everything = Array.from({ length: 30 }, (_, index) => source(index + 1));
    const peers = [peer("liar", everything.slice(3), 90n, 91n), ...[10, 11].map((last) => peer(`p${last}`, [source(last)], -5n, 5n))];
    const votes = castPeerVotes(OWN, peers);
    expect(votes).toEqual([{ members: ["liar", "p10", "p11"], interval: null }]);
  });

  it("with at most F lying upstreams never lead away from the truth", () =>
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.nat(9), fc.integer({ min: 1, max: 500 }), fc.integer({ min: 1, max: 500 })), { maxLength: 14 }),
        fc.nat(9),
        fc.integer({ min: -5_000, max: 5_000 }),
        (neighbours, lying, by) => {
          const peers = neighbours.map(([upstream, below, above], index) => {
            const off = upstream === lying ? by : 0;
            return peer(`p${index}`, [source(10 + upstream)], BigInt(off - below), BigInt(off + above));
          });
          const votes = [...castVotes(honest), ...castPeerVotes(OWN, peers)].flatMap((vote) => vote.interval ?? []);
          const { hull } = fuse(votes, 1);
          expect(hull !== null && contains(hull, 0n)).toBe(true);
        },
      ),
    ));
});
