import { utc } from "@truebound/time";
import { expect, it } from "vitest";
import { DECLARATION, source } from "../fleet/source.fixture.ts";
import { type Look, observedChain } from "./observe.ts";

const EMPTY = { status: [], agree: [] } as unknown as Look["batch"]["bounds"];
const EXCHANGES = { source: [0, 1], root_delay_raw: [0, 66], root_dispersion_raw: [0, 131] } as unknown as Look["batch"]["exchanges"];

it("of a source whose error is declared says so, by what, and what it advertised meanwhile", () => {
  const declared = source("gm:123", { root: "declared", declaration: DECLARATION, root_delay_raw: 66, root_dispersion_raw: 131 });
  const voided = source("gm:123", { root: "advertised", declaration: { ...DECLARATION, void: "refid" } });
  const look = (first: ReturnType<typeof source>): Look => ({
    host: "a",
    batch: { sources: [first, source("ntp:123")], exchanges: EXCHANGES, bounds: EMPTY },
  });
  const asked = { hosts: ["a"], asked: 2, from: utc(0n), to: utc(1n) };
  const [gm, ntp] = observedChain([look(declared), look(voided)], asked).sources;
  expect(gm).toMatchObject({ declared: 1, looks: 2, root_delay_ns: "1007081", root_dispersion_ns: "1998902" });
  expect(gm?.declarations).toEqual([
    `at most 1 µs by NPL, document sha256 ${"d".repeat(64)}, 2026-01-01T00:00:00.000000000Z to 2027-01-01T00:00:00.000000000Z`,
  ]);
  expect(ntp).not.toHaveProperty("declared");
});
