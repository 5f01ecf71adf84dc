import type { Glance } from "@truebound/time";
import type { StampClock } from "../stamp-test/ports.ts";
import { loadLibc } from "./libc.ts";
import { CalibratedClocks, KernelClocks } from "./os-clock.ts";

/** CLOCK_REALTIME by the kernel, or without native code calibrated to within a part of a millisecond. */
export function openStampClock(): StampClock {
  const { libc } = loadLibc();
  if (libc === null) return calibrated();
  const clocks = new KernelClocks(libc);
  return { look: () => clocks.glance(), error: () => 0n, mode: "CLOCK_REALTIME", close: () => clocks.close() };
}

function calibrated(): StampClock {
  const clocks = new CalibratedClocks();
  // Its bracket is as wide on either side as REALTIME is unsure.
  const error = ({ rawBefore, rawAfter }: Glance) => (rawAfter - rawBefore + 1n) / 2n;
  return { look: () => clocks.read(), error, mode: "CLOCK_REALTIME, calibrated without native code", close: () => undefined };
}
