import { expect, it } from "vitest";
import { profileTerms, validity } from "./profile-terms.ts";

const profile = (more: object) => ({ id: "x", kind: "utc", title: "", limit_on: "", ...more }) as never;

it("says limits of each kind, and never nothing for what it cannot read", () => {
  expect(profileTerms(profile({ limit_ns: ["-100000", "100000"], granularity_ns: "1000", retention_years: 5 }))).toMatchObject({
    limit: "±100 µs",
    granularity: "1 µs",
    retention: "5 years",
    isDraft: false,
  });
  expect(profileTerms(profile({ limit_ns: ["-5", "7"] })).limit).toBe("−5 ns to +7 ns");
  expect(profileTerms(profile({ kind: "pair", limit_ns: "500000000" })).limit).toBe("500 ms between two");
  expect(profileTerms(profile({ kind: "template" })).limit).toBe("names no number");
  expect(profileTerms(profile({ limit_ns: 5 })).limit).toBe("not readable here");
  expect(profileTerms(profile({ limit_ns: ["-1", "1"], status: "draft" }))).toMatchObject({ isDraft: true, retention: "no named time" });
});

it("says from when to when", () => {
  expect(validity({ valid_from: "2018-01-03", valid_to: null })).toBe("from 2018-01-03");
  expect(validity({ valid_from: "1970-01-01", valid_to: "2027-01-01" })).toBe("nobody says since when to 2027-01-01");
});
