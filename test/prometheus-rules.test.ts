import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promtool, promtoolPath } from "@truebound/testkit";
import { DAEMON_FINDINGS } from "@truebound/wire";
import { afterAll, describe, expect, it } from "vitest";
import { parse } from "yaml";
import { type Cause, fleetCause, hostCause, SERVER_CAUSE } from "../server/src/alert/cause.ts";
import { SHIPPED_RULES } from "../server/src/alert/shipped-rules.ts";
import { FAMILIES } from "../server/src/metrics/families.ts";
import { ALERT } from "../server/src/notify/notice.fixture.ts";
import { labelsOf } from "../server/src/notify/told-alerts.ts";

const FOLDER = join(import.meta.dirname, "../deploy/prometheus");
const RULES = join(FOLDER, "truebound.rules.yml");
const CHRONY_RULES = join(FOLDER, "chrony-bound.rules.yml");
const GUARD = 'truebound_alerting_info{mode="prometheus"}';

interface Rule {
  readonly record?: string;
  readonly alert?: string;
  readonly expr: string;
  readonly for?: string;
  readonly keep_firing_for?: string;
  readonly labels?: Readonly<Record<string, string>>;
  readonly annotations?: Readonly<Record<string, string>>;
}
const rulesOf = (file: string): Rule[] =>
  (parse(readFileSync(file, "utf8")) as { groups: { rules: Rule[] }[] }).groups.flatMap(({ rules }) => rules);
const alerts = rulesOf(RULES).filter(({ alert }) => alert !== undefined);
const ours = alerts.filter(({ alert }) => alert !== "truebound_watchdog");

const UNITS: Readonly<Record<string, number>> = { s: 1, m: 60, h: 3600 };
const seconds = (text: string | undefined): number =>
  text === undefined ? 0 : Number(text.slice(0, -1)) * (UNITS[text.slice(-1)] ?? Number.NaN);

describe("the rules for Prometheus", () => {
  it("have the names, labels and times of those that come with the server", () => {
    const told = ours.map(({ alert, labels, for: hold, keep_firing_for: clear }) => ({
      name: alert,
      labels: { severity: labels?.severity, finding: labels?.finding },
      hold_s: seconds(hold),
      clear_s: seconds(clear),
    }));
    expect(told).toEqual(
      SHIPPED_RULES.map(({ name, finding, severity, labels, hold_s, clear_s }) => ({
        name,
        labels: { severity, finding, ...labels },
        hold_s,
        clear_s,
      })),
    );
  });
  it("have the same thresholds", () => {
    const exprOf = (name: string) => rulesOf(RULES).find(({ record, alert }) => record === name || alert === name)?.expr ?? "";
    const shipped = (name: string) => SHIPPED_RULES.find((rule) => rule.name === name);
    for (const { limit_ns, otherwise_ns } of SHIPPED_RULES) expect([limit_ns, otherwise_ns]).toEqual([null, 100_000_000]);
    expect(exprOf("truebound:limit_seconds")).toMatch(/\* 0 \+ 0\.1$/);
    expect(exprOf("near_limit")).toContain(`> on (host) ${(shipped("near_limit")?.share_pct ?? 0) / 100} * truebound:limit_seconds`);
    expect(exprOf("will_exceed_in")).toContain(
      `(truebound_clock_within_limit_seconds{host!=""}) < ${shipped("will_exceed_in")?.within_s}\n`.trimEnd(),
    );
  });
  it("fire only where Prometheus is who tells people", () => {
    for (const { alert, expr } of alerts) expect({ alert, guarded: expr.includes(GUARD) }).toEqual({ alert, guarded: true });
  });
  it("ask only for metrics that there are", () => {
    const known = new Set([...FAMILIES.map(({ name }) => name), ...rulesOf(RULES).flatMap(({ record }) => record ?? [])]);
    for (const { expr } of rulesOf(RULES))
      for (const [name] of expr.matchAll(/\btruebound[_:]\w+/g)) expect({ name, known: known.has(name) }).toEqual({ name, known: true });
  });
  it("take what is said of hosts from the server alone, whatever agents are scraped beside it", () => {
    const ofHosts = FAMILIES.filter(({ labels }) => labels.includes("host")).map(({ name }) => name);
    for (const { record, alert, expr } of rulesOf(RULES))
      for (const [all, metric = "", selector = ""] of expr.matchAll(/\b(truebound_\w+)(\{[^}]*\})?/g))
        if (ofHosts.includes(metric))
          expect({ rule: record ?? alert, all, selector }).toMatchObject({ selector: expect.stringContaining('host!=""') });
  });
  it("say what, how much, and where to read on", () => {
    for (const { alert, labels, annotations } of ours)
      expect(annotations).toEqual({
        summary: expect.any(String),
        description: expect.any(String),
        runbook_url: `http://127.0.0.1:8123/runbook/${labels?.finding ?? alert}`,
      });
  });
});

/** What a server shows, by series; a value is that at every moment. */
type Shown = Readonly<Record<string, number | string>>;

const SCRAPED = 'job="truebound",instance="s:8123"';
const host = (metric: string, more = ""): string => `${metric}{host="h",${more}${more === "" ? "" : ","}${SCRAPED}}`;
const bound = (lower: number, upper: number, status: string): Shown => ({
  [host("truebound_clock_offset_lower_bound_seconds", 'tier="guaranteed"')]: lower,
  [host("truebound_clock_offset_upper_bound_seconds", 'tier="guaranteed"')]: upper,
  [host("truebound_clock_error_bound_seconds", 'tier="guaranteed"')]: Math.max(Math.abs(lower), Math.abs(upper)),
  [host("truebound_clock_status", `status="${status}"`)]: 1,
});
const limited = (lower: number, upper: number, status = "proven"): Shown => ({
  ...bound(lower, upper, status),
  [host("truebound_clock_limit_seconds")]: 0.001,
});
const source = (state: string): Shown => ({ [host("truebound_source_state_info", `source="a:123",state="${state}"`)]: 1 });
/** A source that has no vote. */
const beside = (state: string, kind = "external"): Shown => ({
  ...source(state),
  [host("truebound_source_votes", `source="a:123",kind="${kind}"`)]: 0,
});
const classOf = (clockClass: number): Shown => ({ [host("truebound_source_clock_class", 'source="a:123"')]: clockClass });
const event = (kind: string, age: number): Shown => ({ [host("truebound_host_event_age_seconds", `kind="${kind}"`)]: age });
const votes = (sharing: number, has: number): Shown => ({
  [host("truebound_clock_shared_upstream_sources")]: sharing,
  [host("truebound_clock_votes")]: has,
  [host("truebound_clock_votes_wanted")]: 3,
});
const forecast = (left: number, status: string): Shown => ({
  ...limited(-0.0001, 0.0002, status),
  [host("truebound_clock_within_limit_seconds")]: left,
});
const server = (metric: string, value: number): Shown => ({ [`${metric}{${SCRAPED}}`]: value });
const mesh = (flagged: number, inconsistent: number): Shown => ({
  [host("truebound_peer_flagged", 'tier="guaranteed"')]: flagged,
  [`truebound_peer_inconsistent{tier="guaranteed",${SCRAPED}}`]: inconsistent,
});
const found = (finding: string): Shown => ({ [host("truebound_daemon_finding_info", `finding="${finding}"`)]: 1 });
const declared = (name: string, counts: number): Shown => ({ [host("truebound_source_root_declared", `source="${name}:123"`)]: counts });
const DAY = 86_400;
const H = { host: "h" };
const FLEET = { group: "the fleet" };
const SERVER = { group: "the server" };
const SOURCE = { host: "h", source: "a:123" };

const agent = (metric: string, more = ""): string => `${metric}{${more}${more === "" ? "" : ","}job="agents",instance="a:8124"}`;
/** What an agent shows that is in the worst of states: names that the server has too, without a host. */
const AGENT: Shown = {
  [agent("truebound_clock_status", 'status="no_majority"')]: 1,
  [agent("truebound_clock_status", 'status="disrupted"')]: 1,
  [agent("truebound_clock_status", 'status="proven"')]: 1,
  [agent("truebound_clock_error_bound_seconds", 'tier="guaranteed"')]: 3,
  [agent("truebound_clock_offset_lower_bound_seconds", 'tier="guaranteed"')]: 2,
  [agent("truebound_clock_offset_upper_bound_seconds", 'tier="guaranteed"')]: 3,
  [agent("truebound_clock_limit_seconds")]: 0.001,
  [agent("truebound_clock_votes")]: 1,
  [agent("truebound_clock_votes_wanted")]: 3,
  [agent("truebound_clock_drift_assumption_broken")]: 1,
  ...Object.fromEntries(DAEMON_FINDINGS.map((finding) => [agent("truebound_daemon_finding_info", `finding="${finding}"`), 1])),
  [agent("truebound_source_root_declared", 'source="b:123"')]: 0,
  [agent("truebound_source_state_info", 'source="b:123",state="stale"')]: 1,
  [agent("truebound_source_state_info", 'source="b:123",state="falseticker"')]: 1,
};

/** What makes each rule fire, by which labels, and what comes near and does not. */
const CASES: readonly (readonly [
  rule: string,
  labels: Readonly<Record<string, string>>,
  fires: readonly Shown[],
  quiet: readonly Shown[],
])[] = [
  [
    "proved_outside_limit",
    H,
    [limited(0.002, 0.003), limited(-0.003, -0.002, "holdover"), bound(0.2, 0.3, "proven")],
    [limited(0.0005, 0.003), limited(0.002, 0.003, "unverified"), bound(0.002, 0.003, "proven")],
  ],
  [
    "bound_exceeds_limit",
    H,
    [limited(0.0005, 0.003), limited(-0.003, 0.0001, "holdover"), bound(-0.2, 0.1, "proven")],
    [limited(0.002, 0.003), limited(-0.001, 0.001), limited(-0.003, 0.003, "no_majority"), bound(-0.05, 0.05, "proven")],
  ],
  [
    "cannot_prove_limit",
    H,
    ["unverified", "conflict", "no_majority", "disrupted", "unknown"].map((status) => limited(-0.0001, 0.0001, status)),
    [limited(-0.0001, 0.0001), limited(-0.0001, 0.0001, "holdover")],
  ],
  ["near_limit", H, [limited(-0.0009, 0.0001)], [limited(-0.0007, 0.0001), limited(-0.0011, 0), limited(-0.0009, 0, "holdover")]],
  [
    "will_exceed_in",
    H,
    [forecast(599, "holdover")],
    [forecast(599, "proven"), forecast(601, "holdover"), { ...forecast(0, "holdover"), ...limited(0, 0.002, "holdover") }],
  ],
  ["no_majority", H, [limited(0, 0, "no_majority"), limited(0, 0, "conflict")], [limited(0, 0, "unverified")]],
  ["source_lost", SOURCE, [source("stale"), source("never_answered"), source("resolving")], [source("agrees"), source("falseticker")]],
  [
    "falseticker",
    SOURCE,
    ["falseticker", "vote_void", "inconsistent_with_itself"].map(source),
    [source("agrees"), source("no_region"), beside("falseticker")],
  ],
  [
    "declared_source_contradicts",
    SOURCE,
    [beside("falseticker"), beside("inconsistent_with_itself", "ptp")],
    [beside("agrees"), beside("falseticker", "opinion"), source("falseticker")],
  ],
  ["grandmaster_lost_reference", SOURCE, [7, 52, 187, 248].map(classOf), [classOf(6), source("stale")]],
  ["mixed_timescales", H, [event("mixed_timescales", 5)], [event("mixed_timescales", 130), event("clock_stepped", 5)]],
  ["shared_upstream", H, [votes(2, 2)], [votes(2, 3), { ...votes(2, 2), [host("truebound_clock_shared_upstream_sources")]: "_" }]],
  ["clock_stepped", H, [event("clock_stepped", 5)], [event("clock_stepped", 130)]],
  ["disrupted", H, [limited(0, 0, "disrupted")], [limited(0, 0, "unknown")]],
  [
    "drift_assumption_broken",
    H,
    [{ [host("truebound_clock_drift_assumption_broken")]: 1 }, event("drift_assumption_broken", 5)],
    [event("drift_assumption_broken", 130)],
  ],
  ["root_declaration_void", H, [{ ...declared("a", 1), ...declared("b", 0) }], [{ ...declared("a", 1), ...declared("b", 1) }]],
  ...DAEMON_FINDINGS.map(
    (finding, index) => [finding, H, [found(finding)], [found(DAEMON_FINDINGS[(index + 1) % DAEMON_FINDINGS.length] as string)]] as const,
  ),
  ["bounds_inconsistent", H, [mesh(1, 1)], [mesh(0, 0)]],
  ["bounds_inconsistent", {}, [mesh(0, 1)], [mesh(0, 0)]],
  [
    "host_silent",
    H,
    [{ [host("truebound_host_liveness", 'liveness="silent"')]: 1 }],
    [{ [host("truebound_host_liveness", 'liveness="late"')]: 1 }],
  ],
  [
    "host_late",
    H,
    [{ [host("truebound_host_liveness", 'liveness="late"')]: 1 }],
    [{ [host("truebound_host_liveness", 'liveness="silent"')]: 1 }],
  ],
  ["leap_pending", FLEET, [server("truebound_leap_pending_seconds", 27 * DAY)], [server("truebound_leap_pending_seconds", 29 * DAY)]],
  ["leap_pending", H, [event("leap_pending", 5)], [event("leap_pending", 130)]],
  [
    "leap_file_expired",
    FLEET,
    [server("truebound_leap_list_expiry_seconds", 29 * DAY), server("truebound_leap_list_expiry_seconds", -DAY)],
    [server("truebound_leap_list_expiry_seconds", 31 * DAY)],
  ],
  ["spool_degraded", H, [event("spool_degraded", 5), event("spool_gap", 5)], [event("spool_gap", 130)]],
  [
    "clone_suspected",
    H,
    [{ [host("truebound_host_clone_suspected")]: 1 }],
    [{ [host("truebound_host_liveness", 'liveness="reporting"')]: 1 }],
  ],
  [
    "server_clock_unproven",
    SERVER,
    [{}, server("truebound_server_clock_error_bound_seconds", 1.1)],
    [server("truebound_server_clock_error_bound_seconds", 0.9)],
  ],
  [
    "log_mismatch",
    FLEET,
    [server("truebound_log_mismatch_rows", 1), { ...server("truebound_log_mismatch_rows", 0), ...server("truebound_log_differences", 2) }],
    [{ ...server("truebound_log_mismatch_rows", 0), ...server("truebound_log_differences", 0) }],
  ],
  [
    "log_scrub_overdue",
    FLEET,
    [server("truebound_log_scrub_age_seconds", DAY + 60)],
    [server("truebound_log_scrub_age_seconds", DAY - 60)],
  ],
  [
    "traceability_review_due",
    FLEET,
    [server("truebound_traceability_review_due_seconds", 59 * DAY), server("truebound_traceability_review_due_seconds", -DAY)],
    [server("truebound_traceability_review_due_seconds", 61 * DAY)],
  ],
  [
    "truebound_watchdog",
    {},
    [{ [`truebound_fleet_looks_total{outcome="done",${SCRAPED}}`]: "0+15x200" }],
    [{ [`truebound_fleet_looks_total{outcome="done",${SCRAPED}}`]: 7 }, {}],
  ],
];

const LONG = "x200";
const series = (shown: Shown) =>
  Object.entries(shown)
    .filter(([, value]) => value !== "_")
    .map(([name, value]) => ({ series: name, values: typeof value === "string" ? value : `${value}+0${LONG}` }));
const inMode = (mode: string): Shown => ({ [`truebound_alerting_info{mode="${mode}",${SCRAPED}}`]: 1 });
const ruleOf = (name: string): Rule => alerts.find(({ alert }) => alert === name) as Rule;
/** A label that is a template is each case's to say. */
const fixedLabels = (name: string) =>
  Object.fromEntries(Object.entries(ruleOf(name).labels ?? {}).filter(([, value]) => !value.includes("{{")));

/** Looked at after the rule's hold, and fifteen seconds more. */
function test(name: string, shown: Shown, expected: Readonly<Record<string, string>> | null, afterS = seconds(ruleOf(name).for) + 30) {
  const fires = expected === null ? [] : [{ exp_labels: { ...fixedLabels(name), ...expected } }];
  return {
    interval: "15s",
    input_series: series(shown),
    alert_rule_test: [{ eval_time: `${afterS}s`, alertname: name, exp_alerts: fires }],
  };
}

/** Of bounds_inconsistent without a host the metrics do not say the domain, which the server gives as the group. */
const CAUSES: Readonly<Record<string, Cause>> = {
  leap_pending: fleetCause("leap_pending"),
  leap_file_expired: fleetCause("leap_file_expired"),
  server_clock_unproven: SERVER_CAUSE,
  log_mismatch: fleetCause("log_mismatch"),
  log_scrub_overdue: fleetCause("log_scrub_overdue"),
  traceability_review_due: fleetCause("traceability_review_due"),
};

describe("the labels of an alert", () => {
  it.each(CASES.filter(([name, about]) => name !== "truebound_watchdog" && Object.keys(about).length > 0))(
    "%s %j are those that the server gives, whatever it is about",
    (name, about) => {
      const { finding, severity } = SHIPPED_RULES.find((rule) => rule.name === name) as (typeof SHIPPED_RULES)[number];
      const host = about.host === undefined ? null : { id: "1", name: about.host, labels: {} };
      const alert = { ...ALERT, rule: name, finding, severity, labels: {}, host, source: about.source ?? null };
      const cause = host === null ? (CAUSES[name] as Cause) : hostCause(host, finding);
      expect({ alertname: name, ...fixedLabels(name), ...about }).toEqual(labelsOf(alert, cause));
    },
  );
});

const folder = mkdtempSync(join(tmpdir(), "truebound-rules-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
let files = 0;

/** promtool compares annotations too, and so what it says of those is left out here: they are another test's. */
function run(tests: readonly object[], rules = RULES, withoutAnnotations = true): string | null {
  const stripped = join(folder, `rules-${files}.yml`);
  const body = parse(readFileSync(rules, "utf8")) as { groups: { rules: Record<string, unknown>[] }[] };
  if (withoutAnnotations) for (const group of body.groups) for (const rule of group.rules) delete rule.annotations;
  writeFileSync(stripped, JSON.stringify(body));
  const file = join(folder, `test-${files++}.yml`);
  writeFileSync(file, JSON.stringify({ rule_files: [stripped], evaluation_interval: "15s", tests }));
  return promtool(["test", "rules", file]);
}

describe.skipIf(promtoolPath() === null)("the rules, by promtool (skipped: promtool not found)", () => {
  it.each([RULES, CHRONY_RULES])("%s is well formed", (file) => expect(promtool(["check", "rules", file])).toBeNull());
  it("there is a case for each", () => {
    expect([...new Set(CASES.map(([name]) => name))].sort()).toEqual(alerts.map(({ alert }) => alert).sort());
  });
  it.each(CASES)("%s %j fires where it should, and in mode prometheus only", (name, labels, fires) => {
    expect(run(fires.map((shown) => test(name, { ...shown, ...inMode("prometheus") }, labels)))).toBeNull();
    expect(run(fires.map((shown) => test(name, { ...shown, ...inMode("server") }, null)))).toBeNull();
    expect(run(fires.map((shown) => test(name, shown, null)))).toBeNull();
  });
  it.each(CASES)("%s %j does not fire where nothing is the matter", (name, _labels, _fires, quiet) => {
    expect(run(quiet.map((shown) => test(name, { ...shown, ...inMode("prometheus") }, null)))).toBeNull();
  });
  it("of what is absent only the server's own clock is an alert", () => {
    const names = alerts.map(({ alert }) => alert as string).filter((name) => name !== "server_clock_unproven");
    expect(run(names.map((name) => test(name, inMode("prometheus"), null)))).toBeNull();
  });
  it("a hold is waited out", () => {
    const held = CASES.filter(([name]) => seconds(ruleOf(name).for) >= 60);
    expect(held.length).toBeGreaterThan(8);
    const early = held.map(([name, , [first = {}]]) =>
      test(name, { ...first, ...inMode("prometheus") }, null, seconds(ruleOf(name).for) - 15),
    );
    expect(run(early)).toBeNull();
  });
  it("an alert that is over goes on for as long as the server's would", () => {
    const stepped = { [host("truebound_host_event_age_seconds", 'kind="clock_stepped"')]: "5 20 35 _x200", ...inMode("prometheus") };
    expect(run([test("clock_stepped", stepped, H, 300), test("clock_stepped", stepped, null, 1800)])).toBeNull();
  });
  it.each(CASES)("%s %j is told no other way where agents are scraped beside the server", (name, labels, fires, quiet) => {
    const beside = (shown: Shown): Shown => ({ ...AGENT, ...shown, ...inMode("prometheus") });
    expect(
      run([...fires.map((shown) => test(name, beside(shown), labels)), ...quiet.map((shown) => test(name, beside(shown), null))]),
    ).toBeNull();
  });
  it("two servers on one database tell of a host once", () => {
    const second = (shown: Shown): Shown =>
      Object.fromEntries(Object.entries(shown).map(([name, value]) => [name.replace("s:8123", "t:8123"), value]));
    const one = { ...limited(0.002, 0.003), ...inMode("prometheus") };
    expect(run([test("proved_outside_limit", { ...one, ...second(one) }, H)])).toBeNull();
  });
});

/** As they stand in a report of a clock that was two hours slow: of system time, last offset, root delay and root dispersion. */
const TWO_HOURS_SLOW: Shown = {
  'chrony_tracking_system_time_seconds{instance="c:9123"}': 7495.370605469,
  'chrony_tracking_last_offset_seconds{instance="c:9123"}': 0.000008273,
  'chrony_tracking_root_delay_seconds{instance="c:9123"}': 0.03378,
  'chrony_tracking_root_dispersion_seconds{instance="c:9123"}': 0.003258,
  'chrony_tracking_stratum{instance="c:9123"}': 4,
  'chrony_up{instance="c:9123"}': 1,
};

describe.skipIf(promtoolPath() === null)("chrony's own bound, by promtool (skipped: promtool not found)", () => {
  const at = (alertname: string, exp_alerts: readonly object[], eval_time = "10m") => ({ eval_time, alertname, exp_alerts });
  const fires = (severity: string) => [{ exp_labels: { severity, instance: "c:9123" } }];
  const chrony = (more: Shown): Shown => ({ ...TWO_HOURS_SLOW, ...more });
  const check = (shown: Shown, alert_rule_test: readonly object[], promql_expr_test: readonly object[] = []) =>
    run([{ interval: "15s", input_series: series(shown), alert_rule_test, promql_expr_test }], CHRONY_RULES);
  const healthy = chrony({ 'chrony_tracking_system_time_seconds{instance="c:9123"}': -0.00002 });

  it("sees a clock that is two hours slow, where the sum with |last offset| says 0.02 s", () => {
    const sampled = (expr: string, value: number, labels: string) => ({ expr, eval_time: "1m", exp_samples: [{ labels, value }] });
    const readme =
      "abs(chrony_tracking_last_offset_seconds) + chrony_tracking_root_dispersion_seconds + 0.5 * chrony_tracking_root_delay_seconds";
    expect(
      check(
        TWO_HOURS_SLOW,
        [at("chrony_bound_exceeds_limit", fires("warning")), at("chrony_clock_off", fires("critical"))],
        [
          sampled(
            "instance:chrony_clock_error_bound_seconds",
            7495.390753469,
            'instance:chrony_clock_error_bound_seconds{instance="c:9123"}',
          ),
          sampled(`round(${readme}, 0.01)`, 0.02, '{instance="c:9123"}'),
        ],
      ),
    ).toBeNull();
  });
  it("is quiet on a clock that is held, whichever way it is off, and on data that is absent", () => {
    const none = ["chrony_bound_exceeds_limit", "chrony_clock_off", "chrony_bound_unknown"].map((name) => at(name, []));
    expect(check(healthy, none)).toBeNull();
    expect(check({}, none)).toBeNull();
  });
  it("says where nothing is known", () => {
    expect(check({ 'chrony_up{instance="c:9123"}': 0 }, [at("chrony_bound_unknown", fires("warning"))])).toBeNull();
    const unsynchronised = { ...healthy, 'chrony_tracking_stratum{instance="c:9123"}': 16 };
    expect(check(unsynchronised, [at("chrony_bound_unknown", fires("warning"))])).toBeNull();
    expect(check({ 'chrony_up{instance="c:9123"}': 0 }, [at("chrony_bound_unknown", [], "4m")])).toBeNull();
  });
});
