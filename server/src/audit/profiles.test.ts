import { PAIR_PROFILES, PROFILES, type Profile, readProfile, TEMPLATES, type UtcProfile } from "@truebound/audit";
import { expect, it } from "vitest";
import { atLeast } from "./profile-words.ts";
import { type ProfileRequest, parseProfile, tellProfiles as tell } from "./profiles.ts";

const tellProfiles = (request: ProfileRequest, custom: readonly Profile[]) =>
  tell(request, custom, (text) => `hash of ${text.length} characters`);

it.each([
  [["list"], { do: "list", json: false }],
  [["list", "--json"], { do: "list", json: true }],
  [["show", "ydb"], { do: "show", id: "ydb", json: false }],
  [["show", "ydb", "--json"], { do: "show", id: "ydb", json: true }],
  [[], expect.stringContaining("say list or show")],
  [["shwo", "ydb"], expect.stringContaining("did you mean show?")],
  [["list", "ydb"], 'Cannot take "ydb": list takes no words'],
  [["show"], "Cannot show a profile without its id, as truebound profile list shows it"],
  [["show", "ydb", "etcd"], 'Cannot take "etcd": one at a time'],
  [["show", "ydb", "--jsn"], expect.stringContaining("did you mean --json?")],
])("%j", (args, request) => expect(parseProfile(args)).toEqual(request));

it("lists all profiles, a line for each, and says which nobody verified", () => {
  const { code, out } = tellProfiles({ do: "list", json: false }, []);
  expect([code, out.split("\n").length - 1]).toEqual([0, PROFILES.length + TEMPLATES.length]);
  expect(out).toMatch(/^cockroachdb +pair +400 ms {2}CockroachDB: a node ends itself$/m);
  expect(out).toMatch(/^cassandra .* \(not verified\)$/m);
  expect(out).toMatch(/^eu-2025-1155-hft +utc +100 µs {2}.* \(draft\) \(not verified\)$/m);
  expect(out).toMatch(/^eu-2017-574-hft .* \(to 2026-03-01\)$/m);
  expect(out).toMatch(/^eu-2025-1155-dpe +utc +1 ms {2}.* \(draft\)$/m);
  expect(out).toMatch(/^pci-dss-10-6 +template +yours {2}/m);
});

it("says in JSON what reads back as the same", () => {
  const { items } = JSON.parse(tellProfiles({ do: "list", json: true }, []).out);
  const limits = items.filter(({ kind }: { kind: string }) => kind !== "template");
  expect(limits.map(readProfile)).toEqual(PROFILES.map((profile) => ({ kind: "read", profile })));
  expect(JSON.parse(tellProfiles({ do: "show", id: "etcd", json: true }, []).out)).toMatchObject({ id: "etcd", limit_ns: "1000000000" });
});

it("shows one in words, with its limit, its days and its source", () => {
  const { out } = tellProfiles({ do: "show", id: "kafka-create-time", json: false }, []);
  for (const part of ["3600 s (3600000000000 ns), either way", "from 2025-03-18; it goes on", "https://mws.ru/", "no: read elsewhere only"])
    expect(out).toContain(part);
  expect(tellProfiles({ do: "show", id: "ydb", json: false }, []).out).toContain("nobody says since when; it goes on");
});

it("shows one on divergence from UTC, and marks each figure that nobody read", () => {
  const { out } = tellProfiles({ do: "show", id: "us-cat-member", json: false }, []);
  for (const part of [
    "limit         50 ms (50000000 ns), either way\n",
    "granularity   1 ms or finer (not verified)\n",
    "reference     UTC(NIST); a leap smear counts as divergence\n",
    "self-report   10 episodes within 86400 s, or one beyond 2 x the limit (not verified)\n",
    "verified      yes",
    "sha256        hash of ",
    "samples within 10 ms, drift 50 ppm: at most 60 s in a report, 15 s live, 10 s live and interleaved\n",
  ])
    expect(out).toContain(part);
  expect(tellProfiles({ do: "show", id: "eu-2025-1155-voice", json: false }, []).out).toContain("draft: its text has not been read");
});

it("says how often must be sampled for a close limit", () => {
  expect(tellProfiles({ do: "show", id: "uk-rts25-hft", json: false }, []).out).toContain(
    "samples within 20 µs, drift 50 ppm: at most 3.2 s in a report, 800 ms live, 533.333 ms live and interleaved\n",
  );
});

it("shows a limit that is not the same both ways as it is, and a template as what waits for a number", () => {
  const [some] = PROFILES.filter((profile): profile is UtcProfile => profile.kind === "utc");
  const own: UtcProfile = { ...(some as UtcProfile), id: "one-sided", limit_ns: [0n, 5_000_000n], template: "soc2" };
  const { out } = tellProfiles({ do: "show", id: "one-sided", json: false }, [own]);
  expect(out).toContain("0 ns behind, 5 ms ahead (0 ns to 5000000 ns)\n");
  expect(out).toContain("template      soc2\n");
  expect(out).not.toContain("sampling");
  expect(tellProfiles({ do: "show", id: "soc2", json: false }, []).out).toContain("with template: soc2 and a limit, such as 1 s");
});

it.each([
  [10_666_666_666n, "10.666 s"],
  [160_000_000_000n, "160 s"],
  [999_999_999n, "999.999 ms"],
  [1_000_000n, "1 ms"],
  [999_999n, "999.999 µs"],
  [1n, "0.001 µs"],
])("a gap of %d ns is at least %s", (gap, words) => expect(atLeast(gap)).toBe(words));

it("names the nearest to one that is not there", () => {
  expect(tellProfiles({ do: "show", id: "cockroach", json: false }, [])).toEqual({
    code: 1,
    out: "",
    err: 'There is no profile "cockroach"; did you mean cockroachdb? truebound profile list shows all\n',
  });
});

it("shows what people set beside those that come with this version", () => {
  const own = {
    ...(PAIR_PROFILES[0] as (typeof PAIR_PROFILES)[0]),
    id: "a-cluster-with-a-rather-long-name",
    limit_ns: 2_000_000n,
    title: "Ours",
  };
  expect(tellProfiles({ do: "list", json: false }, [own]).out.split("\n").at(-2)).toBe(
    "a-cluster-with-a-rather-long-name  pair            2 ms  Ours (not verified)",
  );
  expect(tellProfiles({ do: "show", id: own.id, json: true }, [own]).out).toContain('"limit_ns": "2000000"');
});
