export { measureAgainstChronyd } from "./bench/against-chronyd.ts";
export { chronydPath } from "./bench/chronyd.ts";
export { type Outcome, runScenario, type Scenario } from "./scenario/scenario.ts";
export { SCENARIOS } from "./scenario/scenarios.ts";
export { SeededRandom } from "./sim/random.ts";
export { type ClockFaults, ManualTime, runningTime, SIM_STEERING, SimClock, type TrueTime } from "./sim/sim-clock.ts";
export { SimServer, type SimSource } from "./sim/sim-source.ts";
export { type ReferenceServer, startReferenceServer } from "./udp/reference-server.ts";
export { type PathFaults, startRelay } from "./udp/relay.ts";
