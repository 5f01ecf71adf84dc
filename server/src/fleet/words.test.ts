import { refidInWords } from "@truebound/time";
import { LIVENESSES, REASONS, SOURCE_STATES, STATUSES } from "@truebound/wire";
import { describe, expect, it } from "vitest";
import { source } from "../../test/fake-agent.ts";
import { eventInWords } from "./event-words.ts";
import { explain, list } from "./explanation.ts";
import { record } from "./record.fixture.ts";
import { sourceInWords } from "./source-view.ts";
import { hostInWords } from "./status-words.ts";

const mute = (id: string, reason: string) =>
  source(id, { state: "never_answered", refusals: { [reason]: 4 }, polls: 4, replies: 0, lo_ns: null, hi_ns: null });

describe("a host in words", () => {
  it.each([
    [record(), "reporting", "within 3 µs of UTC"],
    [
      record({ status: "holdover", reason: "sources_lost" }),
      "reporting",
      "within 3 µs of UTC (holdover: no source gives a usable answer any more)",
    ],
    [
      record({ bound: null, status: "unknown", reason: "never_measured" }),
      "reporting",
      "unknown: no source has ever given a usable answer",
    ],
    [record({ bound: null, status: "unknown", reason: "never_measured", seq: 0 }), "reporting", "unknown: it has not reported yet"],
    [record({ bound: null, status: "unknown", reason: "never_measured", seq: 0 }), "silent", "silent: it has never reported"],
    [record({ state: "pending", bound: null, status: "unknown", seq: 0 }), "silent", "unknown: it waits until a person lets it in"],
    [record({ state: "pending" }), "silent", "unknown: it waits until a person lets it in; its last report said: within 3 µs of UTC"],
    [record(), "silent", "silent; its last report said: within 3 µs of UTC"],
    [record({ bound: null, status: "no_majority", reason: "no_region" }), "late", "no majority: no majority of the sources agrees"],
  ] as const)("%#", (host, liveness, words) => expect(hostInWords(host, liveness)).toBe(words));
});

describe("an explanation", () => {
  it("names the sources that never answered and why", () => {
    const text = explain(
      record({ bound: null, status: "unknown", reason: "never_measured", sources: [mute("a:123", "timeout"), mute("b:123", "refused")] }),
      "reporting",
    );
    expect(text).toBe(
      "Nothing is known of this clock, because no source has ever given a usable answer. a:123 has never given a usable answer (4 tries, mostly timeout); b:123 has never given a usable answer (4 tries, mostly refused). Check that UDP port 123 is open from this host to them, and that their names are right.",
    );
  });
  const refused = (id: string, state: "stale" | "never_answered", reason: string, fewer: string) =>
    source(id, { state, refusals: { [fewer]: 2, [reason]: 40 }, polls: 42, replies: 0, lo_ns: null, hi_ns: null });
  const lost = (...sources: ReturnType<typeof source>[]) =>
    explain(record({ bound: null, status: "unknown", reason: "no_exchange_for_an_hour", sources }), "reporting");

  it("does not blame the network where what answers cannot be used", () => {
    const text = lost(refused("a:123", "stale", "too_uncertain", "timeout"));
    expect(text).toBe(
      "Nothing is known of this clock, because no source has given a usable answer for an hour. a:123 answers, but with nothing that can be used (too uncertain). a:123 can be reached: mend there what makes its answers unusable, or use other sources.",
    );
    const port = (reason: string) => sourceInWords(refused("ptp:gm", "stale", reason, "ptp_no_sync"), null);
    expect(port("ptp_grandmaster_degraded")).toBe("answers, but with nothing that can be used (grandmaster degraded)");
    expect(port("ptp_pmc_refused")).toBe("has stopped answering (pmc refused)");
    const kissed = lost(refused("a:123", "never_answered", "kiss_rate", "timeout"), refused("b:124", "stale", "unsynchronised", "timeout"));
    expect(kissed).toContain("a:123 and b:124 can be reached: mend there what makes their answers unusable, or use other sources.");
    expect(kissed).not.toContain("UDP");
  });
  it("tells those that are cut off from those that answer, by what happens most", () => {
    const text = lost(refused("a:123", "stale", "too_uncertain", "timeout"), refused("b:124", "stale", "timeout", "too_uncertain"));
    expect(text).toContain("b:124 has stopped answering (timeout).");
    expect(text).toMatch(/Check that UDP port 124 is open from this host to b:124\. a:123 can be reached: mend there/);
  });
  it("names the source that disagrees, by how much, and those that agree", () => {
    const liar = source("liar:123", { state: "falseticker", lo_ns: "5003000", hi_ns: "6000000" });
    const text = explain(record({ sources: [source("a:123"), source("b:123"), liar] }), "reporting");
    expect(text).toContain(
      "a:123 and b:123 agree (2 of 3 independent votes are needed). liar:123 disagrees with the others: it is 5 ms or more away",
    );
    expect(text).toContain("Look at the source that disagrees");
  });
  it("names the mix-up that a difference looks like", () => {
    const off = (seconds: bigint) => ({ lo_ns: (seconds * 1_000_000_000n).toString(), hi_ns: (seconds * 1_000_000_000n + 50n).toString() });
    const said = (seconds: bigint) => sourceInWords(source("gm", { state: "falseticker", ...off(seconds) }), { lo: -1000n, hi: 1000n });
    expect(said(-37n)).toBe("disagrees with the others: it is 37 s or more away from what they allow, which looks like TAI taken for UTC");
    expect(said(1024n * 7n * 86_400n)).toContain("which looks like a GPS week number that began again");
    expect(said(5n)).not.toContain("looks like");
  });
  it("says of a second opinion that it is one, that its program is missing, and gives no advice for it", () => {
    const opinion = { kind: "opinion" as const, counts: false, address: null };
    const missing = { ...mute("opinion:b", "opinion_not_installed"), ...opinion };
    const apart = source("opinion:c", { ...opinion, state: "falseticker", lo_ns: "5003000", hi_ns: "6000000" });
    const text = explain(record({ sources: [source("a:123"), missing, apart] }), "reporting");
    expect(text).toContain("opinion:b cannot be asked: ntp-time-sync is not installed on that host; no bound rests on it");
    expect(text).toMatch(/opinion:c contradicts the bound: it is 5 ms or more away.*; it has no vote, since it is a second opinion\.$/);
  });
  it("says first what is wrong with the reports", () => {
    expect(explain(record(), "silent")).toMatch(/^The host has stopped reporting: is the machine up/);
    const carried = explain(record({ carried: true }), "carried");
    expect(carried).toMatch(
      /^This host's reports are carried here in files \(truebound import\), and reach up to \d{4}-.* nobody is alerted of it\./,
    );
    const undated = record({ carried: true, asOfMarked: true });
    expect(explain(undated, "carried")).toContain("(truebound import); up to when they reach is unknown. What");
    expect(hostInWords(undated, "carried")).toMatch(/^carried, up to when is unknown; /);
    expect(explain(record({ carried: true, seq: 0 }), "carried")).toContain("none has come yet");
    expect(explain(record({ unreadable: true }), "reporting")).toMatch(/^The latest report could not be read/);
    expect(explain(record({ seq: 0 }), "reporting")).toBe("The host is enrolled and its first report is awaited");
    expect(explain(record({ seq: 0 }), "silent")).toContain("has never reported");
  });
  it("has words for everything that a host can say", () => {
    for (const status of STATUSES)
      for (const reason of [...REASONS, null])
        for (const liveness of LIVENESSES)
          for (const bound of [null, { lo: 0n, hi: 1n }]) {
            const text = explain(
              record({ status, reason, bound, sources: SOURCE_STATES.map((state) => source(state, { state })) }),
              liveness,
            );
            expect(text).toMatch(/^[A-Z].*\.$/);
            expect(text).not.toMatch(/undefined|null|NaN|\.\.|\s\s/);
          }
  });
});

describe("a source in words", () => {
  it("tells a code from an address", () => {
    expect([
      refidInWords(0x47505300, 1),
      refidInWords(0x47505300, 2),
      refidInWords(0xc0000207, 2),
      refidInWords(0x01020304, 1),
      refidInWords(0x52415445, 0),
      refidInWords(0, null),
      refidInWords(0x1b630741, 1),
    ]).toEqual(["GPS", "71.80.83.0", "192.0.2.7", "1.2.3.4", "RATE", "0.0.0.0", "27.99.7.65"]);
  });
  it("says why there are no keys rather than that there are none, and that a reply that proves nothing is one", () => {
    const refusals = { nts_ke_untrusted: 2, nts_no_keys: 40 };
    expect(sourceInWords({ ...mute("a", "timeout"), refusals }, null)).toContain("(4 tries, mostly NTS keys: untrusted)");
    expect(sourceInWords(source("a", { state: "stale", refusals: { nts_forged: 3 } }), null)).toContain(
      "answers, but with nothing that can be used (NTS: forged)",
    );
  });
  it("counts one try as one", () =>
    expect(sourceInWords({ ...mute("a", "timeout"), polls: 1 }, null)).toContain("(1 try, mostly timeout)"));
});

it("an event in words shows spans in their unit and hides what is unknown", () => {
  expect(eventInWords({ kind: "clock_stepped", source: null, detail: { by_ns: "250000000", cause: null } })).toBe(
    "the clock was set forward by 250 ms",
  );
  expect(eventInWords({ kind: "source_state_changed", source: "a:123", detail: { from: "never_answered", to: "agrees" } })).toBe(
    "a source changed: a:123, from never answered, to agrees",
  );
  expect(eventInWords({ kind: "toString", source: null, detail: {} })).toBe("toString");
});

it.each([
  [[], "nobody"],
  [["a"], "a"],
  [["a", "b"], "a and b"],
  [["a", "b", "c"], "a, b and c"],
])("%j listed", (names, text) => expect(list(names)).toBe(text));

it("an event in words leaves names and keys as they are", () => {
  const taken = { kind: "name_taken", source: null, detail: { wanted: "srv_a_1", name: "srv_a_1-2" } };
  expect(eventInWords(taken)).toContain("wanted srv_a_1, name srv_a_1-2");
  expect(eventInWords({ kind: "key_changed", source: null, detail: { key: "VZ-a-_Ra6_Z" } })).toContain("key VZ-a-_Ra6_Z");
});

it.each([
  [
    { standing: "flagged", suspects: 3, least_liars: 2, ended: false },
    "accuse it, by the tight bounds: of 3 suspects at least 2 must be wrong; it goes on",
  ],
  [
    { standing: "suspect", suspects: 2, least_liars: 1, ended: true },
    "suspected by what hosts measured of each other, by the tight bounds: of 2 suspects at least 1 must be wrong; it is over",
  ],
  [{ standing: "flagged", suspects: 1, least_liars: 1, ended: true }, "accuse it, by the tight bounds: no other is suspected; it is over"],
  [{ standing: "odd", suspects: 1 }, "cannot all be true: tier tight, standing odd, suspects 1"],
])("says of a contradiction how the host stands in it: %j", (detail, words) =>
  expect(eventInWords({ kind: "bounds_inconsistent", source: null, detail: { tier: "tight", ...detail } })).toContain(words),
);

it("says what is found of a daemon in a sentence, and anything else as it came", () => {
  const violated = {
    claimant: "chronyd",
    apart_ns: "464000",
    claim_lo_ns: "-250000",
    claim_hi_ns: "250000",
    measured_lo_ns: "714000",
    measured_hi_ns: "5440000",
  };
  expect(eventInWords({ kind: "daemon_bound_violated", source: null, detail: violated })).toBe(
    "the host's own chronyd claims an offset of −250 µs to +250 µs, and +714 µs to +5.44 ms was proved meanwhile: they are 464 µs apart, so one of them is wrong",
  );
  const over = { finding: "daemon_dead", why: "not_judged", for_ns: "600000000000" };
  expect(eventInWords({ kind: "daemon_finding_over", source: null, detail: over })).toMatch(
    /^not judged for ten minutes, so nobody can say whether it goes on, after .*: this host's own daemon is dead/,
  );
  for (const strange of [
    { ...violated, apart_ns: "x" },
    { ...violated, rehearsal: "r" },
  ])
    expect(eventInWords({ kind: "daemon_bound_violated", source: null, detail: strange })).toContain("claimant chronyd");
  expect(eventInWords({ kind: "daemon_finding_over", source: null, detail: { ...over, finding: "__proto__" } })).toContain("finding");
});
