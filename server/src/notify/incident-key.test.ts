import { expect, it } from "vitest";
import { incidentKey } from "./incident-key.ts";
import { mailOf } from "./mail.ts";
import { INCIDENT, NOTICE } from "./notice.fixture.ts";
import { dedupKey } from "./pagerduty.ts";

const second = { ...NOTICE, key: "truebound-1a2b3c4d-12-2", ordinal: 2 };
const elsewhere = { ...NOTICE, key: "truebound-99999999-12-1" };
const setBack = { ...NOTICE, incident: { ...INCIDENT, opened_at: "2026-11-27T00:00:00.000000000Z" } };
const thread = (notice: typeof NOTICE) => mailOf(notice, "truebound@example.com").references;

it.each([
  ["an incident", incidentKey],
  ["PagerDuty's incident", dedupKey],
  ["a thread of mails", thread],
])("the key of %s names the installation, is one for all its notices, and no other's", (_, keyOf) => {
  expect(keyOf(NOTICE)).toContain("truebound-1a2b3c4d-12-");
  expect(keyOf(second)).toBe(keyOf(NOTICE));
  expect(new Set([NOTICE, elsewhere, setBack].map(keyOf)).size).toBe(3);
});
