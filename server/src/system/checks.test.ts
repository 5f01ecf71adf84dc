import { readFileSync } from "node:fs";
import { join } from "node:path";
import { utc } from "@truebound/time";
import { SYSTEM_CHECKS, SYSTEM_STATES } from "@truebound/wire";
import { describe, expect, it } from "vitest";
import { LEAP_LIST, START } from "../alert/alert-world.fixture.ts";
import type { FleetFinding } from "../alert/findings/fleet.ts";
import { viewSystem } from "../query/system.ts";
import { CheckStatuses } from "./check-statuses.ts";
import { systemChecks } from "./checks.ts";
import type { DatabaseFacts, ProcessFacts, SystemFacts } from "./facts.ts";

const S = 1_000_000_000n;
const now = utc(START);
const ago = (seconds: number) => utc(START - BigInt(seconds) * S);

const OWN: FleetFinding = {
  finding: "server_clock_unproven",
  subject: "server:clock",
  truth: "over",
  certainty: "proved_inside",
  words: "ok",
};
const PROCESS: ProcessFacts = {
  samples: [
    { family: "logFailing", labels: {}, value: 0 },
    { family: "retentionAge", labels: {}, value: 60 },
    { family: "heartbeatAge", labels: {}, value: 20 },
  ],
  ownClock: OWN,
  turnedAway: new Map([["seq_gap", 3]]),
  quarantined: 0,
};
const server = { name: "tb-1", version: "1.0.0", startedAt: ago(9_000), seenAt: ago(10), judges: true };
const DATABASE: DatabaseFacts = {
  now,
  version: "17.2",
  schema: "current",
  bytes: 5 * 1024 ** 3,
  tookMs: 40,
  isStandby: false,
  standbys: [],
  judgedAt: ago(2),
  teller: "server",
  hasHeartbeat: true,
  channels: [{ name: "ops", enabled: true, last: { at: ago(60), delivered: true, error: null } }],
  dueSince: null,
  unloggedSince: ago(20),
  anchoredAt: ago(1_800),
  unreadable: { count: 0, names: [] },
  servers: [server],
  house: { now, blocked: [], blockedCount: 0, differences: 0, scrubAgeSeconds: 100, reviews: [] },
};
const FINE: SystemFacts = {
  version: "1.0.0",
  database: DATABASE,
  process: PROCESS,
  leaps: { ...LEAP_LIST, expires: utc(START + 200n * 86_400n * S) },
  isAnchored: true,
  archive: { kind: "works" },
  disk: { free: 60, total: 100 },
};
const withDatabase = (more: Partial<DatabaseFacts>): SystemFacts => ({ ...FINE, database: { ...DATABASE, ...more } });
const withProcess = (more: Partial<ProcessFacts>): SystemFacts => ({ ...FINE, process: { ...PROCESS, ...more } });
const sampled = (family: ProcessFacts["samples"][number]["family"], value: number): SystemFacts =>
  withProcess({ samples: [...PROCESS.samples.filter((sample) => sample.family !== family), { family, labels: {}, value }] });
const channel = (name: string, delivered: boolean) => ({
  name,
  enabled: true,
  last: { at: ago(90), delivered, error: delivered ? null : "HTTP 503" },
});

it("docs/system.md names every check", () => {
  const page = readFileSync(join(import.meta.dirname, "../../../docs/system.md"), "utf8");
  const named = [...page.matchAll(/^\| `([a-z_]+)` \| /gm)].map(([, id]) => id);
  expect(named.filter((id) => id?.length && !(SYSTEM_STATES as readonly string[]).includes(id))).toEqual([...SYSTEM_CHECKS]);
});

describe("checks of the service", () => {
  it("are all fine where all is well, one for each thing that can be degraded", () => {
    const checks = systemChecks(FINE);
    expect(checks.filter(({ state }) => state !== "pass")).toEqual([]);
    expect(checks.map(({ id }) => id)).toEqual([...SYSTEM_CHECKS]);
  });

  it.each<[string, SystemFacts, string, string, RegExp]>([
    ["a standby", withDatabase({ isStandby: true }), "database", "fail", /takes no writes/],
    ["a slow database", withDatabase({ tookMs: 2_001 }), "database", "warn", /took it 2\.1 s/],
    ["an old schema", withDatabase({ schema: "behind" }), "database", "fail", /older/],
    [
      "a standby that lags",
      withDatabase({ standbys: [{ name: "b", state: "streaming", lagSeconds: 900 }] }),
      "replication",
      "warn",
      /b \(streaming, 900 s/,
    ],
    [
      "standbys that may not be seen",
      withDatabase({ standbys: [{ name: "b", state: null, lagSeconds: null }] }),
      "replication",
      "unknown",
      /may not see/,
    ],
    ["a disk that is nearly full", { ...FINE, disk: { free: 9, total: 100 } }, "disk", "warn", /free/],
    ["a full disk", { ...FINE, disk: { free: 2, total: 100 } }, "disk", "fail", /free/],
    ["a disk elsewhere", { ...FINE, disk: null }, "disk", "unknown", /not on this machine/],
    ["no server", withDatabase({ servers: [{ ...server, seenAt: ago(600) }] }), "servers", "fail", /tb-1 was seen last/],
    [
      "servers of two versions",
      withDatabase({ servers: [server, { ...server, name: "tb-2", version: "1.1.0" }] }),
      "servers",
      "warn",
      /several versions/,
    ],
    ["a judge that is late", withDatabase({ judgedAt: ago(60) }), "judge", "warn", /not judged lately: tb-1 judges/],
    ["a judge that hangs", withDatabase({ judgedAt: ago(300) }), "judge", "fail", /not judged lately/],
    ["no judge ever", withDatabase({ judgedAt: null }), "judge", "unknown", /never judged/],
    ["a silent notifier", withDatabase({ dueSince: ago(900) }), "notifier", "warn", /waits to be told for 15 min/],
    ["no channel", withDatabase({ channels: [] }), "channels", "unset", /no channel is set/],
    ["channels that are off", withDatabase({ channels: [{ ...channel("a", true), enabled: false }] }), "channels", "warn", /switched off/],
    ["no heartbeat", withDatabase({ hasHeartbeat: false }), "heartbeat", "unset", /Nobody outside/],
    ["no authority", { ...FINE, isAnchored: false }, "anchors", "unset", /no time but our own/],
    ["no archive", { ...FINE, archive: { kind: "none" } }, "archive", "unset", /past its age goes/],
    ["one channel of two", withDatabase({ channels: [channel("a", true), channel("b", false)] }), "channels", "warn", /b \(HTTP 503\)/],
    ["every channel", withDatabase({ channels: [channel("b", false)] }), "channels", "fail", /b \(HTTP 503\)/],
    ["a heartbeat that is kept back", sampled("heartbeatAge", 900), "heartbeat", "fail", /15 min ago/],
    ["a clock that is not proved", withProcess({ ownClock: { ...OWN, truth: "holds", words: "silent" } }), "own_clock", "warn", /silent/],
    ["a clock that nobody knows", withProcess({ ownClock: { ...OWN, truth: "unknown" } }), "own_clock", "unknown", /ok/],
    [
      "a leap list near its end",
      { ...FINE, leaps: { ...LEAP_LIST, expires: utc(START + 20n * 86_400n * S) } },
      "leap_list",
      "warn",
      /in 20 days/,
    ],
    ["a leap list past its end", { ...FINE, leaps: { ...LEAP_LIST, expires: ago(86_400) } }, "leap_list", "fail", /expired/],
    ["shedding", withProcess({ turnedAway: new Map([["rate", 4]]) }), "shedding", "warn", /4 deliveries were turned away/],
    ["refused deliveries", withProcess({ turnedAway: new Map([["bad_signature", 1]]) }), "refusals", "warn", /bad signature \(1\)/],
    [
      "batches that cannot be read",
      withDatabase({ unreadable: { count: 7, names: ["a", "b"] } }),
      "unreadable",
      "warn",
      /of a, b and 5 more cannot/,
    ],
    ["sealing that waits", withDatabase({ unloggedSince: ago(700) }), "log_sealing", "warn", /for 12 min/],
    ["sealing that fails", sampled("logFailing", 1), "log_sealing", "fail", /agents keep their batches/],
    ["a log that differs", withDatabase({ house: { ...DATABASE.house, differences: 2 } }), "log_content", "fail", /2 places/],
    ["a scrub that is overdue", withDatabase({ house: { ...DATABASE.house, scrubAgeSeconds: 200_000 } }), "log_scrub", "warn", /56 h ago/],
    [
      "a review that is due",
      withDatabase({ house: { ...DATABASE.house, reviews: [{ of: {}, due: ago(1) }] } }),
      "review",
      "warn",
      /was due/,
    ],
    ["anchors that fail", withDatabase({ anchoredAt: ago(5 * 3600) }), "anchors", "warn", /5 h ago/],
    ["an archive in trouble", { ...FINE, archive: { kind: "trouble", why: "EACCES" } }, "archive", "fail", /EACCES/],
    ["an archive not tried yet", { ...FINE, archive: { kind: "unknown" } }, "archive", "unknown", /not tried/],
    ["retention that is behind", sampled("retentionAge", 3 * 3600), "retention", "warn", /3 h ago/],
    ["retention that fails", sampled("retentionFailures", 2), "retention", "warn", /2 parts/],
    ["a database clock ahead", sampled("retentionClockAhead", 7_000), "retention", "warn", /ahead/],
  ])("say of %s what is the matter, and of nothing else", (_, facts, id, state, words) => {
    const off = systemChecks(facts).filter((check) => check.state !== "pass");
    expect(off.map((check) => [check.id, check.state, check.words])).toEqual([[id, state, expect.stringMatching(words)]]);
    if (state !== "unknown") expect(off[0]?.mend).toBeTruthy();
  });

  it("say since when, where the database knows", () => {
    const since = (facts: SystemFacts) => systemChecks(facts).find(({ state }) => state !== "pass")?.since;
    expect(since(withDatabase({ judgedAt: ago(300) }))).toBe(ago(300));
    expect(since(withDatabase({ channels: [channel("b", false)] }))).toBe(ago(90));
    expect(since(sampled("retentionAge", 3 * 3600))).toBe(ago(3 * 3600));
  });

  it("do not call fine what only a server knows, nor what the database would have to say", () => {
    const states = (facts: SystemFacts) => new Map(systemChecks(facts).map(({ id, state }) => [id, state]));
    const beside = states({ ...FINE, process: null });
    for (const id of ["own_clock", "shedding", "refusals", "retention", "heartbeat"] as const)
      expect([id, beside.get(id)]).toEqual([id, "unknown"]);
  });

  it("stay all while the database is away: unknown with the reason is what only it would say, and the rest is told", () => {
    const away = { ...FINE, database: "connect ECONNREFUSED", process: { ...PROCESS, turnedAway: new Map([["bad_signature", 1]]) } };
    const checks = systemChecks(away);
    expect(checks.map(({ id }) => id)).toEqual([...SYSTEM_CHECKS]);
    const told = ["database fail", "disk pass", "own_clock pass", "shedding pass", "refusals warn", "archive pass"];
    expect(checks.filter(({ state }) => state !== "unknown").map(({ id, state }) => `${id} ${state}`)).toEqual(told);
    for (const { state, words } of checks) if (state === "unknown") expect(words).toContain("connect ECONNREFUSED");
    const states = new Map(systemChecks({ ...away, isAnchored: false, process: null }).map(({ id, state }) => [id, state]));
    expect([states.get("anchors"), states.get("refusals"), states.get("shedding")]).toEqual(["unset", "unknown", "unknown"]);
  });
});

describe("for the metrics, how each thing stood", () => {
  it("is what the last look said: the same checks that the page and the doctor show, also while the database is away", () => {
    for (const facts of [FINE, withProcess({ turnedAway: new Map([["rate", 2]]) }), { ...FINE, database: "connection refused" }]) {
      const statuses = new CheckStatuses(() => 0);
      statuses.seen(systemChecks(facts));
      const told = viewSystem(facts).checks.map(({ id, state }) => `${id} ${state}`);
      expect(
        statuses
          .samples()
          .map(({ labels }) => `${labels.check} ${labels.state}`)
          .sort(),
      ).toEqual(told.sort());
    }
  });
  it("is unknown before the first look, and once no look succeeded for two minutes", () => {
    let now_ms = 0;
    const statuses = new CheckStatuses(() => now_ms);
    expect(statuses.samples()).toEqual([]);
    statuses.seen(systemChecks(FINE));
    now_ms = 120_000;
    expect(statuses.samples()).toHaveLength(SYSTEM_CHECKS.length);
    now_ms = 120_001;
    expect(statuses.samples()).toEqual([]);
  });
});
