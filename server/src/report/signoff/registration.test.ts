import { expect, it } from "vitest";
import { provedRegistration } from "./registration.ts";

const at = (shard: string, index: number) => ({ shard, index });
const left = new Set(["2026-03"]);

it.each([
  ["the first of a month that is vouched for", [at("2026-02", 7), at("2026-04", 1)], at("2026-04", 2), at("2026-02", 7)],
  [
    "the one that was made again, where the first lies in a month that was left",
    [at("2026-03", 0), at("2026-04", 1)],
    null,
    at("2026-04", 1),
  ],
  ["the month that was left, where there is no other", [at("2026-03", 0)], null, { leftMonth: "2026-03" }],
  [
    "the month that was left, where it was made again only after that was signed",
    [at("2026-03", 0), at("2026-04", 9)],
    at("2026-04", 8),
    { leftMonth: "2026-03" },
  ],
  ["the month of what was signed, where that was left", [at("2026-02", 0)], at("2026-03", 1), { leftMonth: "2026-03" }],
  ["nothing, where the log knows none", [], null, null],
])("a registration is %s", (_, registrations, signed, wanted) => {
  expect(provedRegistration(registrations, signed, left)).toEqual(wanted);
});
