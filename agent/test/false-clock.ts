import { existsSync } from "node:fs";

/**
 * libfaketime gives a process a false REALTIME and leaves the ruler alone. It cannot reach the kernel's own stamps, so the
 * agent's self-test takes it down to the rungs that take theirs themselves.
 */
export const FAKETIME = ["x86_64", "aarch64"]
  .map((machine) => `/usr/lib/${machine}-linux-gnu/faketime/libfaketime.so.1`)
  .find((path) => existsSync(path));

/** The environment of a process whose clock is off by so much. */
export const withClockOff = (seconds: number): Record<string, string> =>
  seconds === 0 ? {} : withClock(`${seconds < 0 ? "" : "+"}${seconds}`);

/** As libfaketime words it: "+0 x1.05" runs fast. */
export const withClock = (faketime: string): Record<string, string> => ({ ...FALSE_CLOCK, FAKETIME: faketime });

/** The environment of a process whose clock is off by what a file says, now. */
export const withClockOffAs = (file: string): Record<string, string> => ({ ...FALSE_CLOCK, FAKETIME_TIMESTAMP_FILE: file });

const FALSE_CLOCK = { LD_PRELOAD: FAKETIME ?? "", FAKETIME_DONT_FAKE_MONOTONIC: "1", FAKETIME_NO_CACHE: "1" };

const DAY = 86_400;
/** R37's: ten years and a day behind, ten hours either way, and twenty years ahead, past the end of NTP's era. */
export const CLOCKS_OFF = [
  ["10 years behind", -3652 * DAY],
  ["a day behind", -DAY],
  ["10 hours behind", -36_000],
  ["10 hours ahead", 36_000],
  ["20 years ahead", 7305 * DAY],
] as const;
