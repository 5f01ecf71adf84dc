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
  expect(systemLine(checks("unset", "unset", "pass"))).toBe("Nothing is wrong with the service, but 2 not set");
  expect(systemLine(checks("warn", "unset", "pass"))).toBe("1 warning, 1 not set");
});

it("gives each check a title, and a state from later on the look of what is not known", () => {
  expect(new Set(SYSTEM_CHECKS.map(checkTitle)).size).toBe(SYSTEM_CHECKS.length);
  expect([checkLook("pass").look, checkLook("unset").word, checkLook("new").look]).toEqual(["proven", "not set", "unknown"]);
});
