import { type Batch, packColumn } from "@truebound/wire";
import { describe, expect, it } from "vitest";
import { batchOf } from "../../test/fake-agent.ts";
import { faultsOf } from "./check.ts";

const AGENT = "3f0f8a0e-0000-4000-8000-0000000000aa";
const good = batchOf(AGENT, [{ realtime: 10n, lo: -1n, hi: 1n }]);
const span = (ends: Partial<Batch["spans"]> = {}): Batch["spans"] => ({
  from_raw_ns: packColumn([1n]),
  from_realtime_ns: packColumn([1n]),
  to_raw_ns: packColumn([2n]),
  to_realtime_ns: packColumn([2n]),
  lo_ns: packColumn([-1n]),
  hi_ns: packColumn([1n]),
  readings: [2],
  status: ["proven"],
  ...ends,
});
const bounds = (columns: Partial<Batch["bounds"]>): Batch => ({ ...good, bounds: { ...good.bounds, ...columns } });
const pointersOf = (batch: Batch) => faultsOf(batch).map(({ pointer }) => pointer);

describe("what a schema cannot say of a batch", () => {
  it("is nothing of a good one", () => {
    expect(faultsOf(good)).toEqual([]);
    expect(faultsOf({ ...good, spans: span() })).toEqual([]);
  });
  const crossed = { lo: packColumn([2n]), hi: packColumn([1n]) };
  it.each([
    ["bound", bounds({ lo_ns: crossed.lo, hi_ns: crossed.hi }), "/bounds/lo_ns"],
    ["reach", bounds({ since_lo_ns: crossed.lo, since_hi_ns: crossed.hi }), "/bounds/since_lo_ns"],
    ["tight bound", bounds({ tight_lo_ns: crossed.lo, tight_hi_ns: crossed.hi }), "/bounds/tight_lo_ns"],
    ["stretch", bounds({ throughout_lo_ns: crossed.lo, throughout_hi_ns: crossed.hi }), "/bounds/throughout_lo_ns"],
    ["half of a tight bound", bounds({ tight_lo_ns: packColumn([1n]), tight_hi_ns: packColumn([null]) }), "/bounds/tight_lo_ns"],
    ["span", { ...good, spans: span({ lo_ns: crossed.lo, hi_ns: crossed.hi }) }, "/spans/lo_ns"],
    ["span in time", { ...good, spans: span({ from_raw_ns: packColumn([3n]) }) }, "/spans/from_raw_ns"],
  ] as const)("is a %s with its ends the wrong way round", (_, batch, pointer) => expect(pointersOf(batch)).toEqual([pointer]));
  it("is a number whose sum with another leaves 64 bits", () => {
    const most = 2n ** 62n;
    expect(pointersOf(bounds({ boottime_ns: packColumn([most]) }))).toEqual(["/bounds/boottime_ns"]);
    expect(pointersOf(bounds({ boottime_ns: packColumn([most - 1n]) }))).toEqual([]);
    expect(pointersOf(bounds({ boottime_ns: packColumn([-most]) }))).toEqual(["/bounds/boottime_ns"]);
  });
});
