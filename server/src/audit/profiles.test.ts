import { PAIR_PROFILES, readProfile } from "@truebound/audit";
import { expect, it } from "vitest";
import { parseProfile, tellProfiles } from "./profiles.ts";

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
  expect([code, out.split("\n").length - 1]).toEqual([0, PAIR_PROFILES.length]);
  expect(out).toMatch(/^cockroachdb +pair +400 ms {2}CockroachDB: a node ends itself$/m);
  expect(out).toMatch(/^cassandra .* \(not verified\)$/m);
});

it("says in JSON what reads back as the same", () => {
  const { items } = JSON.parse(tellProfiles({ do: "list", json: true }, []).out);
  expect(items.map(readProfile)).toEqual(PAIR_PROFILES.map((profile) => ({ kind: "read", profile })));
  expect(JSON.parse(tellProfiles({ do: "show", id: "etcd", json: true }, []).out)).toMatchObject({ id: "etcd", limit_ns: "1000000000" });
});

it("shows one in words, with its limit, its days and its source", () => {
  const { out } = tellProfiles({ do: "show", id: "kafka-create-time", json: false }, []);
  for (const part of ["3600 s (3600000000000 ns), either way", "from 2025-03-18; it goes on", "https://mws.ru/", "no: read elsewhere only"])
    expect(out).toContain(part);
  expect(tellProfiles({ do: "show", id: "ydb", json: false }, []).out).toContain("nobody says since when; it goes on");
});

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
    "a-cluster-with-a-rather-long-name  pair        2 ms  Ours (not verified)",
  );
  expect(tellProfiles({ do: "show", id: own.id, json: true }, [own]).out).toContain('"limit_ns": "2000000"');
});
