import { SYSTEM_CHECKS, type SystemCheckView } from "@truebound/wire";
import { expect, it } from "vitest";
import { checkLook, checkTitle, systemLine } from "./system-words.ts";

const checks = (...states: SystemCheckView["state"][]) => ({
  checks: states.map((state): SystemCheckView => ({ id: "disk", state, words: "", since: null, mend: null })),
});

it("says in one line what is not fine, and never calls fine what is not known", () => {
  expect(systemLine(checks("pass", "pass"))).toBe("All checks of the service are fine");
  expect(systemLine(checks("fail", "warn", "warn", "unknown", "pass"))).toBe("1 check fails, 2 warnings, 1 not known");
  expect(systemLine(checks("unknown", "pass"))).toBe("1 not known");
});

it("gives each check a title, and a state from later on the look of what is not known", () => {
  expect(new Set(SYSTEM_CHECKS.map(checkTitle)).size).toBe(SYSTEM_CHECKS.length);
  expect([checkLook("pass").look, checkLook("new").look]).toEqual(["proven", "unknown"]);
});
