import { defineConfig } from "vitest/config";
import { shared } from "./vitest.config.ts";

/** The acceptance tests with the figures of the acceptance list: minutes, not seconds. */
export default defineConfig({
  ...shared,
  test: {
    ...shared.test,
    include: [
      "agent/test/acceptance/*.test.ts",
      "server/test/acceptance/*.test.ts",
      "packages/*/src/**/*.acceptance.test.ts",
      "test/*.acceptance.test.ts",
      "packages/testkit/src/scenario/{scenario,leap-scenarios,broken-drift,daemon-findings}.test.ts",
    ],
    provide: { long: true },
    testTimeout: 1_800_000,
    hookTimeout: 120_000,
    maxWorkers: 1,
  },
});
