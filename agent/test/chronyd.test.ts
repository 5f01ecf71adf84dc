import { chronydPath, measureAgainstChronyd } from "@truebound/testkit";
import { describe, expect, it } from "vitest";

const skipped = chronydPath() === null;

describe("against a real chronyd, whose clock is this machine's own", () => {
  it.skipIf(skipped)(
    "every rung's every interval holds the true offset of zero (skipped: chronyd not found)",
    { timeout: 120_000 },
    async () => {
      const { rungs, paced } = await measureAgainstChronyd(300, 3, () => undefined);
      expect(rungs.length).toBeGreaterThanOrEqual(2);
      for (const rung of [...rungs, ...paced]) {
        expect({ mode: rung.mode, missed: rung.missed }).toEqual({ mode: rung.mode, missed: 0 });
        expect(rung.exchanges).toBeGreaterThan(20);
      }
    },
  );
});
