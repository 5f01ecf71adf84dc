import { existsSync } from "node:fs";

/** Where Debian has it. */
const LIBRARY = ["x86_64", "aarch64"]
  .map((machine) => `/usr/lib/${machine}-linux-gnu/faketime/libfaketime.so.1`)
  .find((path) => existsSync(path));

const SECONDS_OF_YEAR = 365 * 86_400;

/** How a command begins whose REALTIME is so far ahead, its ruler left alone; null = there is no libfaketime. */
export const withClockAhead = (years: number): readonly string[] | null =>
  LIBRARY === undefined ? null : ["env", `LD_PRELOAD=${LIBRARY}`, "FAKETIME_DONT_FAKE_MONOTONIC=1", `FAKETIME=+${years * SECONDS_OF_YEAR}`];
