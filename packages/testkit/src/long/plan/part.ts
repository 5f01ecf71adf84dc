import { readFileSync, writeFileSync } from "node:fs";
import { runLinkJob } from "../../bench/link-runner.ts";
import { type Link, withLink, withRelayedLink } from "../../bench/links.ts";
import { describeMachine } from "../../bench/machine.ts";
import { replaceMeasured } from "../../bench/marked-section.ts";
import { count, type Part } from "../part.ts";
import type { AgentCost } from "./agent-cost.ts";
import { judgements } from "./cell.ts";
import { costWords, type LinkFound, planTables } from "./plan-table.ts";

/** From `packages/testkit/dist/long/plan`. */
const DOCUMENT = new URL("../../../../../docs/what-can-be-proved.md", import.meta.url);
const COST_SECONDS = 30;

type Links = readonly {
  readonly name: string;
  readonly make: <T>(measure: (link: Link) => Promise<T>) => Promise<T | { readonly skipped: string }>;
}[];
/** Round trips of the relayed ones. */
const LINKS: Links = [
  { name: "loopback", make: (measure) => withLink("loopback", measure) },
  { name: "veth", make: (measure) => withLink("veth", measure) },
  { name: "2 ms", make: (measure) => withRelayedLink({ thereMs: 1, backMs: 1 }, measure) },
  { name: "20 ms", make: (measure) => withRelayedLink({ thereMs: 10, backMs: 10 }, measure) },
];

export const planPart: Part = {
  name: "plan",
  startsOthers: true,
  about: "what a plan says of limit × network × poll interval, and what comes of trying it",
  run: async ({ minutes, write }, log) => {
    const cost = await withLink("loopback", ({ endpoint }) => runLinkJob({ kind: "cost", endpoint, seconds: COST_SECONDS }, []));
    log(`plan: ${costWords(cost as AgentCost)}`);
    // Side by side: they are idle for most of the time.
    const links = await Promise.all(LINKS.map((link) => tryLink(link, minutes * 60, log)));
    const judged = links.flatMap((one) => ("cells" in one ? judgements(one.cells) : []));
    const of = (kind: string) => judged.filter((one) => one === kind).length;
    const head = `the plan was right in ${of("right")} of ${judged.length} answers, each tried for ${count(minutes)} minutes: ${of("broken")} broken, ${of("needless")} held although it was refused`;
    const body = [
      `Measured on ${describeMachine()}, by \`npm run test:long -- --only plan --minutes ${minutes} --write\`: ${head}.`,
      costWords(cost as AgentCost),
      planTables(links),
    ].join("\n\n");
    if (write) writeMeasured(body);
    return { ok: of("broken") === 0 && links.every((one) => "cells" in one), lines: [head, body] };
  },
};

async function tryLink({ name, make }: Links[number], seconds: number, log: (text: string) => void): Promise<LinkFound> {
  log(`plan: ${name}`);
  const attempt = { kind: "plan", seconds } as const;
  const found = await make(({ endpoint, inside }) => runLinkJob({ ...attempt, endpoint }, inside)).catch(notTried);
  if ("skipped" in found) return { link: name, skipped: found.skipped };
  log(`plan: ${name}: tried`);
  return { link: name, cells: found };
}

/** One link that could not be tried leaves the others their answers; the part is broken then. */
const notTried = (error: unknown) => ({ skipped: error instanceof Error ? error.message : String(error) });

function writeMeasured(body: string): void {
  const document = replaceMeasured(readFileSync(DOCUMENT, "utf8"), body);
  if (document === null) throw new Error("Cannot write into docs/what-can-be-proved.md: its markers are not there");
  writeFileSync(DOCUMENT, document);
}
