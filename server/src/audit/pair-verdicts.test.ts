import { PAIR_PROFILES, type PairProfile } from "@truebound/audit";
import { parseUtc, type UtcInstant } from "@truebound/time";
import { PairVerdict, validator } from "@truebound/wire";
import { expect, it } from "vitest";
import { pairVerdicts, shippedPairProfiles } from "./pair-verdicts.ts";

const at = (text: string) => parseUtc(text) as UtcInstant;
const NOW = at("2026-11-26T00:00:00Z");

it("says of each limit what a bound proves, closest limit first, as the API has it", () => {
  const verdicts = pairVerdicts(shippedPairProfiles, NOW, { lo: 20_000_000n, hi: 450_000_000n });
  const of = (profile: string) => verdicts.find((one) => one.profile === profile)?.verdict;
  expect([of("cassandra"), of("ceph-mon"), of("cockroachdb"), of("yugabytedb")]).toEqual([
    "outside",
    "not_provable",
    "not_provable",
    "inside",
  ]);
  const limits = verdicts.map(({ limit_ns }) => BigInt(limit_ns));
  expect(limits).toEqual(limits.toSorted((a, b) => (a < b ? -1 : a > b ? 1 : 0)));
  const { errors } = validator(PairVerdict);
  expect(verdicts.flatMap(errors)).toEqual([]);
});

it("proves nothing of a bound that is not there", () => {
  expect(new Set(pairVerdicts(shippedPairProfiles, NOW, null).map(({ verdict }) => verdict))).toEqual(new Set(["not_provable"]));
});

it("knows the limits of the day that is asked about", () => {
  const ids = (time: string) => shippedPairProfiles.pairProfilesInForce(at(time)).map(({ id }) => id);
  expect(ids("2025-03-17T23:59:59Z")).not.toContain("kafka-create-time");
  expect(ids("2025-03-18T00:00:00Z")).toContain("kafka-create-time");
});

it("names the source, and whether anybody read it there", () => {
  const own: PairProfile = { ...(PAIR_PROFILES[0] as PairProfile), verified: false, source: { text: "order of the house", url: null } };
  const [verdict] = pairVerdicts({ pairProfilesInForce: () => [own] }, NOW, null);
  expect(verdict?.source).toBe("order of the house; not verified");
});
