import { describe, expect, it } from "vitest";
import type { BoundRow } from "../bound/bound-row.ts";
import type { SourceProbe } from "../probe/source-probe.ts";
import { meshBlock, provingNothing } from "./mesh-block.ts";

const probe = (last: number): SourceProbe => {
  const id = `s${last}`;
  const identity = { id, address: `192.0.2.${last}`, ownRefid: last, refid: 0x47505300, stratum: 1, origin: "declared" };
  return { source: { id }, identity } as unknown as SourceProbe;
};
const blockOf = (own: { agree: string[]; trusting: string[] }) =>
  meshBlock({
    assignment: null,
    ruler: 7,
    standing: { answers: null, trouble: null, requests: { answered: 0, stranger: 0, not_a_request: 0, over_limit: 0, unsent: 0 } },
    row: { own } as unknown as BoundRow,
    own: { lo: -1n, hi: 1n },
    probes: [1, 2, 3, 4].map(probe),
    peers: [],
    edges: [],
    evidence: [],
  });
const restsOn = (own: { agree: string[]; trusting: string[] }): string[] =>
  blockOf(own).own.rests_on.filter((name) => name.startsWith("address"));

describe("what a host says that its own bound rests on", () => {
  it("is the sources that agree with it", () =>
    expect(restsOn({ agree: ["s2", "s3"], trusting: [] })).toEqual(["address 192.0.2.2", "address 192.0.2.3"]));
  it("is the source that it trusts too, also where the others agree on something beside that", () =>
    expect(restsOn({ agree: ["s2", "s3"], trusting: ["s1"] })).toEqual(["address 192.0.2.1", "address 192.0.2.2", "address 192.0.2.3"]));
});

it("of a host that shows its clock as it is not claims nothing", () => {
  const { own, edges, ruler } = provingNothing(blockOf({ agree: ["s1"], trusting: [] }));
  expect([own, edges.peer, ruler]).toEqual([{ lo_ns: null, hi_ns: null, rests_on: [] }, [], 7]);
});
