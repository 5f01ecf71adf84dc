import { configDefaults, defineConfig } from "vitest/config";

const source = (name: string) => new URL(`./${name}/src/index.ts`, import.meta.url).pathname;

/** What every run of tests has in common. */
export const shared = {
  resolve: {
    alias: {
      "@truebound/time": source("packages/time"),
      "@truebound/audit": source("packages/audit"),
      "@truebound/ntp": source("packages/ntp"),
      "@truebound/wire": source("packages/wire"),
      "@truebound/client": source("packages/client"),
      "@truebound/testkit": source("packages/testkit"),
      "@truebound/agent": source("agent"),
      "@truebound/server": source("server"),
    },
  },
  test: {
    globalSetup: [new URL("./test/run-folder.ts", import.meta.url).pathname],
    testTimeout: 60_000,
    hookTimeout: 120_000,
    maxWorkers: 3,
  },
};

export default defineConfig({
  ...shared,
  test: {
    ...shared.test,
    projects: [
      {
        extends: true,
        test: {
          name: "parts",
          include: ["packages/*/src/**/*.test.ts", "{agent,server,web}/src/**/*.test.ts"],
          // They lie beside what they test and share nothing but modules: those are loaded once for many files.
          isolate: false,
        },
      },
      {
        extends: true,
        test: {
          name: "whole",
          isolate: false,
          include: ["{agent,server}/test/**/*.test.ts", "test/**/*.test.ts"],
          // Figures, images, backups and fresh systems have a long form only.
          exclude: [...configDefaults.exclude, "test/{page-figures,images,backup-walk,first-bound,helm,offline-bundle}.acceptance.test.ts"],
        },
      },
    ],
  },
});
