import { expect, it } from "vitest";
import { boughtTable, measureBought, NEAR_SHARES, NEIGHBOURS } from "./what-peers-buy.ts";

it("is less the more neighbours a host has, and the more hosts stand beside a stratum 1", () => {
  const all = measureBought(300);
  const together = (share: number, count: number) =>
    all.find(({ nearShare, neighbours }) => nearShare === share && neighbours === count)?.together ?? Number.NaN;
  for (const { alone, together } of all) expect(together).toBeLessThan(alone / 2);
  for (const share of NEAR_SHARES) expect(together(share, 12)).toBeLessThan(together(share, 3));
  for (const count of NEIGHBOURS) expect(together(0.1, count)).toBeLessThan(together(0, count));
});

it("is a row for each share and a column for each number of neighbours", () => {
  const table = boughtTable([{ nearShare: 0.02, neighbours: 6, alone: 2_500, together: 190.4 }]);
  expect(table.split("\n")[3]).toMatch(/^\| 2 % +\| +\| +\| +190 \| +\|$/);
});
