import { atMost, binding, GOALS, holds, prospect } from "@truebound/time";
import { textTable } from "../../bench/text-table.ts";
import type { AgentCost } from "./agent-cost.ts";
import { type CellFound, judge, LIMITS, pollSeconds, RHOS, type Share, STEERED, type Steered } from "./cell.ts";

/** What one link gave, or why it could not be made here. */
export type LinkFound =
  | { readonly link: string; readonly cells: readonly CellFound[] }
  | { readonly link: string; readonly skipped: string };

const STEERED_WORDS: Readonly<Record<Steered, string>> = { stock: "chrony as it comes", capped: "chrony, maxslewrate 500" };
const MARKS = { right: "", broken: " **broken**", needless: " *held all the same*" } as const;

/** Limit × network × poll interval: what the plan says of each, and what came of trying it. */
export function planTables(links: readonly LinkFound[]): string {
  const found = links.flatMap((one) => ("cells" in one ? [one] : []));
  const head = ["link", "steering", "rho, ppm", ...LIMITS.map(atMost)];
  const rows = (say: (cell: CellFound) => string) =>
    found.flatMap(({ link, cells }) =>
      (Object.keys(STEERED) as Steered[]).flatMap((steered) =>
        RHOS.map((rho) => [
          link,
          STEERED_WORDS[steered],
          String(rho / 1000n),
          ...LIMITS.map((limit) => {
            const cell = cells.find((one) => one.cell.steered === steered && one.cell.rho === rho && one.cell.limit === limit);
            return cell === undefined ? "not tried" : say(cell);
          }),
        ]),
      ),
    );
  return [
    ...links.flatMap((one) => ("skipped" in one ? [`${one.link}: skipped: ${one.skipped}`] : [])),
    "### What the plan says",
    textTable(head, rows(planned)),
    "### What came of it",
    textTable(head, rows(tried)),
  ].join("\n\n");
}

/** The goals that hold with the poll interval at which they do; or the term that forbids both. */
export function planned(cell: CellFound): string {
  const { situation } = cell;
  const found = prospect(situation);
  const held = GOALS.filter((goal) => holds(situation, goal));
  if (held.length > 0) return `${held.join(", ")}: ${pollSeconds(cell).toFixed(2)} s`;
  const term = binding(found);
  return `no: ${term} ${atMost(found.terms[term])}`;
}

export const tried = (cell: CellFound): string =>
  GOALS.map((goal) => `${shareWords(cell.tried[goal])}${MARKS[judge(cell, goal)]}`).join("; ");

/** Rounded down: of what is proved no more is claimed than there is. */
function shareWords({ proved, tried: time, worst }: Share): string {
  if (time === 0n) return "nothing";
  const share = Number((proved * 1000n) / time) / 10;
  return `${share} % (${worst === null ? "no bound" : atMost(worst)})`;
}

export const costWords = ({ readingNs, exchangeNs, readings, exchanges }: AgentCost): string =>
  `One exchange takes ${Math.ceil(exchangeNs / 1000)} µs of a processor (${exchanges} of them), one reading of the clocks ${Math.ceil(readingNs / 1000)} µs (${readings}), all that the agent does beside counted among them.`;
