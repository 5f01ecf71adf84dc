import { utc } from "@truebound/time";
import { describe, expect, it } from "vitest";
import { type BoundRow, provenUtc } from "./bound-row.ts";

const row = (trusting: readonly string[], status: BoundRow["status"] = "proven") =>
  ({ status, offset: { lo: -5n, hi: 7n }, bound: { trusting }, reading: { realtime: utc(100n) } }) as unknown as BoundRow;

describe("what is proved of UTC", () => {
  it("is proved to everybody where no source is trusted alone", () => expect(provenUtc(row([]), "a")).toEqual({ lo: 95n, hi: 107n }));
  it("is not proved to a source by its own word, also where that is trusted", () => {
    expect(provenUtc(row(["a"]), "a")).toBeNull();
    expect(provenUtc(row(["a"]), "b")).toEqual({ lo: 95n, hi: 107n });
    expect(provenUtc(row(["a", "b"]), "a")).toEqual({ lo: 95n, hi: 107n });
  });
  it("is nothing where the status says less", () => expect(provenUtc(row([], "unverified"), "a")).toBeNull());
});
