import { formatUtc, utc } from "@truebound/time";
import type { ReportItem, ReportList, ReportView } from "@truebound/wire";
import { MANIFESTS, SHA256 } from "../server/src/report/render/manifests.fixture.ts";
import { todosOf } from "../server/src/report/render/todos.ts";

const day = (number: number): string => new Date(Date.UTC(2026, 2, 2 - number)).toISOString().replace("Z", "000000Z");

export const item = (number: number, changes: Partial<ReportItem> = {}): ReportItem => ({
  id: `0199a2f4-6c1e-7d30-9b52-${String(number).padStart(12, "0")}`,
  created_at: day(number - 1).replace("T00:00:00", "T06:00:12"),
  from: day(number),
  to: day(number - 1),
  final: true,
  sha256: SHA256,
  results_sha256: "a".repeat(64),
  scope: "matching-engines: eu-2017-574-hft, order-gateways: us-cat-member",
  place: "/var/lib/truebound/reports/2026-03-02",
  verdicts: [
    { profile: "eu-2017-574-hft", verdict: "PASS" },
    { profile: "us-cat-member", verdict: "INCONCLUSIVE" },
  ],
  signoffs: [],
  ...changes,
});

const FILES = ["report.pdf", "report.html", "report.csv", "manifest.json", "manifest.sig", "rendered.json"];

const SIGNED: ReportItem["signoffs"] = [
  { act: "sign", name: "Ada Lovelace", role: "Head of time services", signed_at: day(0) },
  { act: "countersign", name: "Bob Bell", role: "Compliance officer", signed_at: day(-1) },
];

const EACH = ["FAIL", "PASS", "INCONCLUSIVE", "NOT_APPLICABLE", "PASS_WITHIN_POLICY", "PASS"] as const;
/** Those of every sixth report were not kept, and another one's are more than the list shows. */
const VERDICTS: readonly NonNullable<ReportItem["verdicts"]>[] = [
  [{ profile: "us-cat-member", verdict: "PASS" }],
  [
    { profile: "us-cat-member", verdict: "PASS" },
    { profile: "eu-2017-574-hft", verdict: "FAIL" },
  ],
  EACH.map((verdict, at) => ({ profile: `our-limit-of-the-matching-engines-in-london-${at}`, verdict })),
  [{ profile: "us-cat-member", verdict: "NOT_APPLICABLE" }],
  [{ profile: "us-cat-member", verdict: "PASS_WITHIN_POLICY" }],
];

const made = (name: keyof typeof MANIFESTS, files: readonly string[] = FILES, signoffs: ReportItem["signoffs"] = []): ReportView => ({
  report: item(1, { final: MANIFESTS[name].final, signoffs }),
  job: null,
  manifest: MANIFESTS[name] as unknown as Record<string, unknown>,
  withdrawn_exemptions: name === "violations" ? ["5"] : [],
  todos: [...todosOf(MANIFESTS[name])],
  files: [...files],
});

const [, breached] = MANIFESTS.violations.results;
const INSTANT = (ns: bigint): string => formatUtc(utc(1_772_438_400_000_000_000n + ns));
const MINUTE_NS = 60_000_000_000n;

/** Hours that begin late, an exemption in time, and 40,000 stretches, of which one is a breach of a microsecond. */
const dense = (): ReportView => {
  const spans = Array.from({ length: 40_000 }, (_, index) => {
    const from = BigInt(index) * 765_000_000n;
    return [INSTANT(from), INSTANT(from + 765_000_000n), index % 2 === 0 ? "COMPLIANT" : "UNPROVEN"] as const;
  });
  const breach = [INSTANT(15_300_000_000_000n), INSTANT(15_300_000_001_000n)] as const;
  const cut = [breach[1], INSTANT(15_300_765_000_000n), "COMPLIANT"] as const;
  const exemption = { ...breached?.exemptions[0], id: "21", from: INSTANT(300n * MINUTE_NS), to: INSTANT(330n * MINUTE_NS) };
  const result = {
    ...breached,
    name: "dense-01.lon-1.example",
    schedule: [[INSTANT(60n * MINUTE_NS), INSTANT(450n * MINUTE_NS)]],
    exemptions: [{ ...exemption, declared_at: INSTANT(-MINUTE_NS) }],
    spans: [...spans.slice(0, 20_000), [...breach, "VIOLATION"], cut, ...spans.slice(20_001)],
    episodes: [{ from: breach[0], to: breach[1], peak_proven_ns: "100001" }],
    cuts: [],
    statistics: { ...breached?.statistics, unproven_by_ns: { wide: "9", drift: "0", conflict: "0", leap: "0" } },
  };
  const { manifest, ...rest } = made("violations");
  const todo = {
    about: "app error below test",
    words:
      'An application error of 2500 ns is assumed, and "Gateway under load" (document stamp-1) measured 4100 ns at this stamp point; set app_error_from: stamp-1, or replace the test by a newer one',
    of: ["match-01.lon-1.example", "match-02.lon-1.example", "match-03.lon-1.example"],
    of_count: 12,
  };
  return {
    ...rest,
    todos: [...todosOf(MANIFESTS.no_evidence), todo],
    manifest: { ...manifest, results: [result, ...MANIFESTS.conflict.results, ...MANIFESTS.pairs.results] },
  };
};

const job = { id: "0199a2f4-6c1e-7d30-9b52-00000000000a", from: day(0), to: day(-1), trouble: null };

export const LISTS: Readonly<Record<string, ReportList>> = {
  empty: { items: [], jobs: [], next: null },
  full: {
    items: [...Array(70).keys()].map((number) =>
      item(number + 1, { final: number !== 0, signoffs: SIGNED.slice(0, number % 3), verdicts: VERDICTS[number % 6] ?? null }),
    ),
    jobs: [],
    next: null,
  },
  making: {
    items: [item(1)],
    jobs: [
      { ...job, state: "making", done: 412, of: 1000 },
      { ...job, id: "b", state: "making", done: 0, of: null },
      {
        ...job,
        id: "c",
        state: "failed",
        done: 3,
        of: 9,
        trouble: 'Cannot report on scope desk: there is no calendar "xlon"; set it with truebound apply',
      },
      { ...job, id: "d", state: "cancelled", done: 3, of: 9 },
    ],
    next: null,
  },
};

export const REPORTS: Readonly<Record<string, ReportView>> = {
  pass: made("compliant", [...FILES, "signoff.json", "signoff.html", "signoff.pdf"], SIGNED),
  fail: made("violations"),
  unseen: made("no_evidence", []),
  provisional: made("provisional"),
  many: made("two_hundred"),
  dense: dense(),
  empty: made("empty"),
  making: {
    report: null,
    job: { ...job, state: "making", done: 412, of: 1000 },
    manifest: null,
    withdrawn_exemptions: [],
    todos: [],
    files: [],
  },
};
