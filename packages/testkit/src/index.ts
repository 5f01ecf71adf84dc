export { measureAgainstChronyd } from "./bench/against-chronyd.ts";
export {
  answering,
  type Chronyd,
  chronydPath,
  startChronyd,
  startChronydServer,
  startChronydServerAt,
} from "./bench/chronyd.ts";
export { measureRung, newRun, type RungResult, rungResult } from "./bench/measured-exchange.ts";
export { freeTcpPort, type Prometheus, prometheusPath, promtool, promtoolPath, startPrometheus } from "./bench/prometheus.ts";
export { type Serving, startServing } from "./bench/serving.ts";
export { makeStar, type Star } from "./bench/star.ts";
export { makeVethPair, type VethPair } from "./bench/veth-pair.ts";
export { type ChildAgent, type ChildEvent, type ChildRow, holdsTruth, startChildAgent } from "./child/child-agent.ts";
export { type NumbersChild, type NumbersLine, type NumbersOptions, startNumbersChild } from "./child/numbers-child.ts";
export { freePort } from "./free-port.ts";
export { playBackOff, type Turn } from "./harm/back-off.ts";
export { runEnclosed, whyNoNtpsec, whyNoPtp4l } from "./harm/enclosure.ts";
export { type HarmScene, playHarm } from "./harm/scene.ts";
export { type AgentMore, agentOn, SENDER, sourcesAt } from "./host/agent-on.ts";
export { type DaemonFaults, SimDaemon } from "./host/sim-daemon.ts";
export { type SimHost, type SimHostPlace, type SimMachine, startSimHost } from "./host/sim-host.ts";
export { simRung } from "./host/sim-rung.ts";
export type { SceneResult as ObserversScene } from "./observers/cast.ts";
export { measureRuler, type RulerExchange } from "./peers/ruler-exchange.ts";
export type { PtpHost } from "./ptp/play-ptp-host.ts";
export type { PtpOutcome } from "./ptp/play-ptp-source.ts";
export { fuzzReaderInC } from "./readers/fuzz-c.ts";
export { prepareWriter, type RaceTally, raceReader, VALID_NS, type Writer as SegmentWriterChild } from "./readers/race.ts";
export { buildReader, CLIENTS, LANGUAGES, type Language, lacksFor, type Reader } from "./readers/readers.ts";
export { PostgresPair } from "./replicas/postgres-pair.ts";
export { PostgresThatFalls } from "./replicas/postgres-that-falls.ts";
export { type Writer, Writers } from "./replicas/writers.ts";
export { type Outcome, runScenario, type Scenario } from "./scenario/scenario.ts";
export { SCENARIOS } from "./scenario/scenarios.ts";
export { SeededRandom } from "./sim/random.ts";
export { type ClockFaults, ManualTime, runningTime, SIM_STEERING, SimClock, type TrueTime } from "./sim/sim-clock.ts";
export { SimServer, type SimSource } from "./sim/sim-source.ts";
export { type SoakOptions, type SoakResult, soak } from "./soak/soak.ts";
export { type Endpoint, startTcpRelay, type TcpRelay } from "./tcp/relay.ts";
export { type ReferenceServer, startReferenceServer } from "./udp/reference-server.ts";
export { type PathFaults, type Relay, startRelay } from "./udp/relay.ts";
