import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { isRefusal } from "../refusal.ts";
import { MOST_ROWS, readStamps } from "./read-stamps.ts";

async function* pieces(...texts: readonly (string | Uint8Array)[]): AsyncGenerator<string | Uint8Array> {
  yield* texts;
}

describe("a file of stamps", () => {
  it("has the columns host, timestamp, id, unless a header says otherwise", async () => {
    expect(await readStamps(pieces("db-1,2026-11-26T13:00:00Z,t1\r\n\n", "db-2,17"))).toEqual([
      { line: 1, host: "db-1", timestamp: "2026-11-26T13:00:00Z", id: "t1", error: null },
      { line: 3, host: "db-2", timestamp: "17", id: "", error: null },
    ]);
    expect(await readStamps(pieces("\uFEFFID,note,Timestamp,HOST\nt1,x,17,db-1\n"))).toEqual([
      { line: 2, host: "db-1", timestamp: "17", id: "t1", error: null },
    ]);
  });
  it("is the same however it is cut into pieces", async () => {
    const bytes = new TextEncoder().encode('host,timestamp,id\nüß,1,"a,b"\nb,2,\n"c,3,\nd,,4\n');
    const whole = await readStamps(pieces(bytes));
    await fc.assert(
      fc.asyncProperty(fc.uniqueArray(fc.nat(bytes.length), { maxLength: 6 }), async (cuts) => {
        const at = [0, ...cuts.sort((a, b) => a - b), bytes.length];
        const cut = at.slice(1).map((end, index) => bytes.subarray(at[index], end));
        expect(await readStamps(pieces(...cut))).toEqual(whole);
      }),
    );
    expect(whole).toMatchObject([
      { host: "üß", id: "a,b" },
      { id: "" },
      { error: expect.stringContaining("no end") },
      { error: expect.stringContaining("without a timestamp") },
    ]);
  });
  it("keeps a line that is far too long from being held, and says so of its row alone", async () => {
    const long = Array.from({ length: 200 }, () => "x".repeat(10_000));
    expect(await readStamps(pieces(...long, "\na,1,2\n"))).toMatchObject([
      { line: 1, error: expect.stringContaining("longer than") },
      { line: 2, error: null },
    ]);
  });
  it("of too many rows, or too many bytes, is refused as a whole", async () => {
    const refused = await readStamps(pieces("a,1,\n".repeat(MOST_ROWS + 1)));
    expect(isRefusal(refused) && refused.refused).toBe("too_large");
    const heavy = await readStamps(pieces(...Array.from({ length: 33 }, () => new Uint8Array(1024 * 1024))));
    expect(isRefusal(heavy) && heavy.refused).toBe("too_large");
  });
});
