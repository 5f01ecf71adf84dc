import { describe, expect, it } from "vitest";
import { isRefusal } from "../refusal.ts";
import { admission, advanceCheckpoint, type Candidate, elsewhere, type HostChain, takeTurn } from "./sequence.ts";

const chain: HostChain = { state: "active", epoch: 2, nextSeq: 5, chainHash: "end" };
const offer = (more: Partial<Candidate>): Candidate => ({
  epoch: 2,
  seq: 5,
  prev: "end",
  hash: "new",
  stored: null,
  genesis: "genesis",
  ...more,
});
const turn = (more: Partial<Candidate>, host: Partial<HostChain> = {}) => {
  const held = { ...chain, ...host };
  const taken = admission(held) ?? takeTurn(held, offer(more));
  return isRefusal(taken) ? [taken.refused, taken.expectedSeq] : taken;
};

describe("a batch's turn", () => {
  it.each([
    ["the next one", {}, {}, "next"],
    ["the next one after another end", { prev: "other" }, {}, ["fork", undefined]],
    ["one too far ahead", { seq: 6 }, {}, ["seq_gap", 5]],
    ["one that is stored", { seq: 4, stored: "new" }, {}, "duplicate"],
    ["one that differs from what is stored", { seq: 4, stored: "old" }, {}, ["fork", undefined]],
    ["one that is past and not stored", { seq: 0 }, {}, ["seq_gap", 5]],
    ["one of an earlier epoch that is stored", { epoch: 1, seq: 9, stored: "new" }, {}, "duplicate"],
    ["one of an earlier epoch that is not", { epoch: 1, seq: 10 }, {}, ["fork", undefined]],
    ["one of an earlier epoch that retention removed", { epoch: 1, seq: 9, epochEnd: 9 }, {}, ["seq_gap", 5]],
    ["one behind the end of an earlier epoch", { epoch: 1, seq: 10, epochEnd: 9 }, {}, ["fork", undefined]],
    ["the first of a later epoch", { epoch: 4, seq: 1, prev: "genesis" }, {}, "new_epoch"],
    ["the first of a later epoch, not from its genesis", { epoch: 3, seq: 1 }, {}, ["fork", undefined]],
    ["a later one of a later epoch", { epoch: 3, seq: 2 }, {}, ["seq_gap", 1]],
    ["any of a revoked host", { seq: 4, stored: "new" }, { state: "revoked" }, ["revoked", undefined]],
    ["any of a suspended host", {}, { state: "suspended" }, ["suspended", undefined]],
    ["any of a retired host", {}, { state: "retired" }, ["suspended", undefined]],
  ] as const)("%s", (_, more, host, expected) => expect(turn(more, host)).toEqual(expected));
});

it.each([
  ["one too far ahead", { seq: 6 }, { epoch: 2, seq: 5 }],
  ["a later one of a later epoch", { epoch: 3, seq: 2 }, { epoch: 3, seq: 1 }],
])("who offers %s is told what is wanted, and where the chain ends", (_, more, wanted) => {
  const refused = takeTurn(chain, offer(more));
  expect(refused).toMatchObject({ expectedEpoch: wanted.epoch, expectedSeq: wanted.seq, chainHead: { epoch: 2, seq: 4, hash: "end" } });
  expect(takeTurn({ ...chain, nextSeq: 1 }, offer({ epoch: 3, seq: 2 }))).toMatchObject({ chainHead: null });
});

describe("the checkpoint", () => {
  const rows = (...olds: boolean[]) => olds.map((old, index) => ({ seq: 8 + index, old }));
  it.each([
    [rows(), 7],
    [rows(false), 7],
    [rows(true, true, false), 9],
    [rows(true, false, true), 8],
  ])("stops before the first row that is young: %j", (next, expected) => expect(advanceCheckpoint(7, next)).toBe(expected));
});

it.each([
  ["192.0.2.1", true, "192.0.2.2", true],
  ["192.0.2.1", false, "192.0.2.2", false],
  ["192.0.2.1", true, "192.0.2.1", false],
  [null, true, "192.0.2.2", false],
  ["192.0.2.1", true, null, false],
])("an epoch that begins after a chain from %s, heard: %s, at %s is a copy's: %s", (address, isHeard, from, isCopy) => {
  expect(elsewhere({ address, isHeard }, from, { epoch: 2, seq: 1 }) !== null).toBe(isCopy);
});
