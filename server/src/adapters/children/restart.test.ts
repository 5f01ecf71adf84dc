import { expect, it } from "vitest";
import { restartDelay } from "./restart.ts";

it.each([
  [{ exitCode: 1, ranMs: 10, failures: 0 }, 1_000],
  [{ exitCode: null, ranMs: 10, failures: 3 }, 8_000],
  [{ exitCode: 1, ranMs: 10, failures: 400 }, 30_000],
  [{ exitCode: 0, ranMs: 60_000, failures: 9 }, 1_000],
  [{ exitCode: 78, ranMs: 10, failures: 0 }, null],
  [{ exitCode: 2, ranMs: 99_999, failures: 0 }, null],
])("after %j it waits %s ms", (ending, delay) => expect(restartDelay(ending)).toBe(delay));
