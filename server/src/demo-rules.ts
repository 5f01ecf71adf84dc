import type { PolicyRule } from "./policy/choose-policy.ts";

/** What the hosts of the demo fleet are told: to measure often, so that something is to be seen at once. */
export const DEMO_RULES: readonly Pick<PolicyRule, "selector" | "block">[] = [
  { selector: { demo: "true" }, block: { probe_interval_s: 2, reading_interval_s: 0.5, report_interval_s: 2 } },
  { selector: { demo: "true", demo_mesh: "true" }, block: { mesh: { domain: "demo", port: 12_300 } } },
  { selector: { demo: "true", demo_scenario: "two_liars" }, block: { faults: 2 } },
  {
    selector: { demo: "true", demo_scenario: "inserted_leap_second" },
    block: { timescales: { "127.0.0.71": "utc", "127.0.0.72": "utc", "127.0.0.73": "smear24" } },
  },
];
