import { type Check, check } from "./check.ts";
import { checkClaim } from "./claim.ts";
import { checkClockSources } from "./clock-sources.ts";
import { checkClocksource, checkNativeCode, checkStamps } from "./clocks.ts";
import { checkChronyConfig, checkDaemon, checkWitness } from "./daemon.ts";
import { checkDeclared } from "./declared.ts";
import type { DoctorFacts } from "./facts.ts";
import { checkHardwareStamps } from "./hardware-stamps.ts";
import { checkDiscipline, checkMarker, checkPtpClocks, checkSteal } from "./kernel.ts";
import { checkNts } from "./nts.ts";
import { checkOpinions } from "./opinions.ts";
import { checkPeers } from "./peers.ts";
import { checkRoad } from "./road.ts";
import { checkSlewLimits } from "./slew-limits.ts";
import { checkSources } from "./sources.ts";

/** Everything that decides whether, and how well, this host's clock can be measured: from the clock outwards. */
export const examine = (facts: DoctorFacts): Check[] => [
  checkNativeCode(facts),
  checkStamps(facts),
  ...checkHardwareStamps(facts),
  checkClocksource(facts),
  checkDiscipline(facts),
  checkMarker(facts),
  checkSteal(facts),
  ...checkPtpClocks(facts),
  checkDaemon(facts),
  ...checkChronyConfig(facts),
  ...checkWitness(facts),
  ...checkClaim(facts),
  checkSlewLimits(facts),
  checkSources(facts),
  ...checkDeclared(facts),
  ...checkClockSources(facts),
  checkNts(facts),
  ...checkOpinions(facts),
  checkRoad(facts),
  checkPeers(facts),
  checkDataFolder(facts),
];

function checkDataFolder({ dataFolder: { path, problem } }: DoctorFacts): Check {
  if (problem === null) return check("data_folder", "ok", `${path} can be written`);
  return check(
    "data_folder",
    "bad",
    `${path} cannot be written: ${problem}`,
    "set TRUEBOUND_DATA_DIR to a folder that this user may write",
  );
}
