import { configDefaults, defineConfig } from "vitest/config";

const source = (name: string) => new URL(`./${name}/src/index.ts`, import.meta.url).pathname;

export default defineConfig({
  resolve: {
    alias: {
      "@truebound/time": source("packages/time"),
      "@truebound/audit": source("packages/audit"),
      "@truebound/ntp": source("packages/ntp"),
      "@truebound/wire": source("packages/wire"),
      "@truebound/testkit": source("packages/testkit"),
      "@truebound/agent": source("agent"),
      "@truebound/server": source("server"),
    },
  },
  test: {
    include: [
      "packages/*/src/**/*.test.ts",
      "agent/{src,test}/**/*.test.ts",
      "server/{src,test}/**/*.test.ts",
      "web/src/**/*.test.ts",
      "test/**/*.test.ts",
    ],
    // Figures have a long form only.
    exclude: [...configDefaults.exclude, "test/page-figures.acceptance.test.ts"],
    testTimeout: 60_000,
    hookTimeout: 120_000,
    maxWorkers: 2,
  },
});
