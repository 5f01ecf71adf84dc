import type { Steering } from "@truebound/time";
import type { Clocks } from "../probe/ports.ts";

/** What the monitor cannot see for itself. */
export interface Surroundings {
  readonly ruler: Clocks["ruler"];
  readonly steering: () => Steering;
  /** The clock was moved faster than that allows: nobody carries a stamp by it any more. */
  readonly distrustSteering: () => void;
  /** False on a virtual machine without a migration marker: its ruler may change its rate unseen. */
  readonly mayCalibrate: boolean;
}
