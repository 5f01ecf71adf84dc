import { utc } from "@truebound/time";
import { packColumn } from "@truebound/wire";
import { describe, expect, it } from "vitest";
import { batchOf, source } from "../../test/fake-agent.ts";
import { DECLARATION, source as sourceOf } from "../fleet/source.fixture.ts";
import { chainDocument } from "./chain-document.fixture.ts";
import { chainDifference } from "./difference.ts";
import { type Look, observedChain } from "./observe.ts";
import { chainText } from "./present.ts";

const [FIRST, SECOND] = ["a".repeat(64), "b".repeat(64)] as const;
const look = (counts: boolean, given: readonly string[]) => ({
  host: "web-1",
  batch: {
    ...batchOf("3f0f8a0e-0000-4000-8000-0000000000aa", [{ realtime: 1n, lo: -1n, hi: 1n }], {
      sources: [source("a:123"), source("external:gps", { address: null, kind: "external", counts, document: given.at(-1) ?? null })],
    }),
    intervals: {
      source: given.map(() => 1),
      raw_ns: packColumn(given.map((_, row) => BigInt(row))),
      lo_ns: packColumn(given.map(() => 0n)),
      hi_ns: packColumn(given.map(() => 1n)),
      document: [...given],
    },
  },
});
const observed = (...looks: ReturnType<typeof look>[]) =>
  observedChain(looks, { hosts: ["web-1"], asked: looks.length, from: utc(0n), to: utc(1_000_000_000n) });

describe("a source whose error is declared", () => {
  const chain = observed(look(false, []), look(true, [FIRST, SECOND]));
  it("is seen with its documents, and how often it might count; a server of NTP is not", () => {
    const [server, receiver] = chain.sources;
    expect([server?.kind, receiver]).toMatchObject([undefined, { kind: "external", counted: 1, declared_by: [FIRST, SECOND] }]);
  });
  it("says in the chain by which documents, by title where they are here", () => {
    const documents = [chainDocument("1", { sha256: SECOND, title: "Receiver 7" })];
    const text = chainText({ observed: chain, documents, review: null });
    expect(text).toContain(
      `is not asked by NTP (external): its error is declared by document ${FIRST}, which is not here; "Receiver 7" (${SECOND}), counted in 1 of 2 looks`,
    );
  });
  it("is another one with another document", () => {
    const before = { observed: observed(look(true, [FIRST])), documents: [] };
    const after = { observed: observed(look(true, [SECOND])), documents: [] };
    expect(chainDifference(before, after)).toEqual([`Source external:gps: error declared by was ${FIRST}, is ${SECOND}`]);
  });
});

const EMPTY = { status: [], agree: [] } as unknown as Look["batch"]["bounds"];
const EXCHANGES = { source: [0, 1], root_delay_raw: [0, 66], root_dispersion_raw: [0, 131] } as unknown as Look["batch"]["exchanges"];

it("of a source whose error is declared says so, by what, and what it advertised meanwhile", () => {
  const declared = sourceOf("gm:123", { root: "declared", declaration: DECLARATION, root_delay_raw: 66, root_dispersion_raw: 131 });
  const voided = sourceOf("gm:123", { root: "advertised", declaration: { ...DECLARATION, void: "refid" } });
  const look = (first: ReturnType<typeof sourceOf>): Look => ({
    host: "a",
    batch: { sources: [first, sourceOf("ntp:123")], exchanges: EXCHANGES, bounds: EMPTY },
  });
  const asked = { hosts: ["a"], asked: 2, from: utc(0n), to: utc(1n) };
  const [gm, ntp] = observedChain([look(declared), look(voided)], asked).sources;
  expect(gm).toMatchObject({ declared: 1, looks: 2, root_delay_ns: "1007081", root_dispersion_ns: "1998902" });
  expect(gm?.declarations).toEqual([
    `at most 1 µs by NPL, document sha256 ${"d".repeat(64)}, 2026-01-01T00:00:00.000000000Z to 2027-01-01T00:00:00.000000000Z`,
  ]);
  expect(ntp).not.toHaveProperty("declared");
});
