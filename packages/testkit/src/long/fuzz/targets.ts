import { clientTargets } from "./client-targets.ts";
import { daemonTargets } from "./daemon-targets.ts";
import { deliveryTargets } from "./delivery-targets.ts";
import { identityTargets } from "./identity-targets.ts";
import { machineTargets } from "./machine-targets.ts";
import { ntpTargets } from "./ntp-targets.ts";
import { ntsTargets } from "./nts-targets.ts";
import { questionTargets } from "./question-targets.ts";
import { settingsTargets } from "./settings-targets.ts";
import { storedTargets } from "./stored-targets.ts";
import type { FuzzTarget } from "./target.ts";
import { wireTargets } from "./wire-targets.ts";

/**
 * Every parser that takes something from outside, at its boundary. To add one is a line: a name, right examples, the
 * function, and what its output must be.
 */
export const fuzzTargets: readonly FuzzTarget[] = [
  ...ntpTargets,
  ...ntsTargets,
  ...deliveryTargets,
  ...wireTargets,
  ...identityTargets,
  ...settingsTargets,
  ...machineTargets,
  ...daemonTargets,
  ...questionTargets,
  ...storedTargets,
  ...clientTargets,
];
