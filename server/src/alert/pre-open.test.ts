import { parseUtc } from "@truebound/time";
import type { AlertRule, Calendar, HostGroup } from "@truebound/wire";
import { describe, expect, it } from "vitest";
import { parseYaml } from "../adapters/yaml-file.ts";
import { readDocument } from "../apply/document.ts";
import { AlertWorld, healthy } from "./alert-world.fixture.ts";
import { CONFIG } from "./memory-store.fixture.ts";

/** As somebody writes it: trading hosts must be proved inside 100 µs from half an hour before the market opens. */
const FILE = `version: 1
groups: [{ name: trading, labels: { desk: equities } }]
calendars:
  - { name: lse, timezone: Europe/London, days: [mon, tue, wed, thu, fri], open: "08:00", close: "16:30", holidays: [2026-11-20] }
rules:
  - name: before_opening
    finding: not_proved_inside
    hosts: { group: trading }
    limit: 100us
    hold: 0s
    grace: 0s
    calendar: { name: lse, before: 30m }
    severity: critical
`;

function configured() {
  const parsed = parseYaml(FILE);
  if ("problems" in parsed) throw new Error(JSON.stringify(parsed.problems));
  const { things, problems } = readDocument(parsed.root);
  expect(problems).toEqual([]);
  const of = <T>(kind: string) =>
    things
      .filter((thing) => thing.kind === kind)
      .map(({ key, body }) => ({ body: { name: key, ...body } as unknown as T, origin: "file" as const }));
  return { ...CONFIG, rules: of<AlertRule>("rule"), groups: of<HostGroup>("group"), calendars: of<Calendar>("calendar") };
}

/** A trading host that proves only a millisecond, a sound one, and one of another desk that proves nothing much either. */
const [WIDE, FINE, OTHER] = [
  healthy(1, { labels: { desk: "equities" } }),
  healthy(2, { labels: { desk: "equities" }, bound: { lo: -20_000n, hi: 30_000n } }),
  healthy(3, { labels: { desk: "rates" } }),
];

async function at(time: string): Promise<AlertWorld> {
  const world = new AlertWorld([WIDE, FINE, OTHER]);
  world.store.config = configured();
  // The time of the database is the world's start plus its monotonic time.
  const begin = parseUtc(time);
  if (begin === null) throw new Error(`Cannot read ${time}`);
  world.utcNow = () => (begin + BigInt(Math.round(world.nowMs)) * 1_000_000n) as typeof begin;
  return world;
}

const KEY = "opened host:00000000-0000-4000-8000-000000000001";

describe("the check before opening", () => {
  it.each([
    ["on a weekday half an hour before, in winter", "2026-11-19T07:29:50Z", true],
    ["in summer an hour earlier by UTC", "2026-07-06T06:29:50Z", true],
    ["earlier than that", "2026-11-19T07:00:00Z", false],
    ["at that time in summer, when it opens earlier", "2026-11-19T06:29:50Z", false],
    ["on a holiday", "2026-11-20T07:29:50Z", false],
    ["on a Saturday", "2026-11-21T07:29:50Z", false],
    ["after the close", "2026-11-19T16:30:00Z", false],
  ])("%s", async (_, time, pages) => {
    const world = await at(time);
    await world.run(40);
    expect(world.told("opened")).toEqual(pages ? [KEY] : []);
  });
  it("ends as soon as the host proves what is asked of it, and finds silence too", async () => {
    const world = await at("2026-11-19T07:29:50Z");
    await world.run(40);
    expect(world.told()).toEqual([KEY]);
    await world.run(120, ({ id }) => (id === WIDE.id ? { bound: { lo: -20_000n, hi: 30_000n } } : {}));
    expect(world.told("resolved")).toEqual([KEY.replace("opened", "resolved")]);
    await world.run(120, ({ id }) => (id === FINE.id ? null : { bound: { lo: -20_000n, hi: 30_000n } }));
    expect(world.told("opened").at(-1)).toBe("opened host:00000000-0000-4000-8000-000000000002");
  });
});
