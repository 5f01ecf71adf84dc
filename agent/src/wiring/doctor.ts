import { accessSync, constants } from "node:fs";
import { isIP } from "node:net";
import { divCeil, type KernelDiscipline, type SourceIdentity, type Steering, slewAllowance, UNKNOWN_SLEW } from "@truebound/time";
import { type BatchSource, DEFAULT_POLICY } from "@truebound/wire";
import { agentAsker } from "../adapters/ask-agent.ts";
import { Chronyc } from "../adapters/chronyc.ts";
import { proxyAt, proxyCredentials } from "../adapters/connect-proxy.ts";
import { discoverSources } from "../adapters/discover-files.ts";
import { isUdpPortTaken, readClocksource, writingProblem } from "../adapters/host-facts.ts";
import { keptIdentity, keptPolicy, sha1 } from "../adapters/identity-file.ts";
import { KernelDisciplineReader } from "../adapters/kernel-discipline.ts";
import { KernelWitness } from "../adapters/kernel-witness.ts";
import { chooseRung, type Rung } from "../adapters/ladder.ts";
import { loadLibc } from "../adapters/libc.ts";
import { opinionProgram } from "../adapters/opinion-child.ts";
import { readProcessTable } from "../adapters/process-table.ts";
import { readPtpClocks } from "../adapters/ptp-clocks.ts";
import { nonceSource, refidOf } from "../adapters/random.ts";
import { readRunningChrony } from "../adapters/running-chrony.ts";
import { mayBeVirtual } from "../adapters/virtual-machine.ts";
import type { NoCardStamps } from "../card-stamps/nic.ts";
import { type CardSaid, sayCard } from "../card-stamps/say-cards.ts";
import { type Config, type Environment, readConfig } from "../config.ts";
import { exitCode } from "../doctor/check.ts";
import { examine } from "../doctor/doctor.ts";
import type { DoctorFacts } from "../doctor/facts.ts";
import { doctorJson, doctorText } from "../doctor/present.ts";
import { hintOf, optionsOf } from "../help/help.ts";
import type { Taken } from "../interval-source/ports.ts";
import { LeapBook } from "../leap/leap-book.ts";
import { type RunningDaemon, runningDaemon } from "../observe/running-daemon.ts";
import { steeringOf } from "../observe/steering.ts";
import { namesServers, type Source, startsProgram } from "../probe/source.ts";
import { proxyTo } from "../proxy/proxy-settings.ts";
import { openClockSource } from "./clock-sources.ts";
import { ntsCaProblem } from "./key-maker.ts";

/** `truebound-agent doctor`: looks, prints, returns the exit code. */
export async function runDoctor(args: readonly string[], env: Environment): Promise<number> {
  const options = optionsOf("doctor", args, { json: "flag" });
  if (typeof options === "string") {
    process.stderr.write(`${options}\n${hintOf("doctor")}\n`);
    return 2;
  }
  const checks = examine(await gatherFacts(readConfig(env)));
  process.stdout.write(options.values.json === true ? `${JSON.stringify(doctorJson(checks), null, 2)}\n` : doctorText(checks));
  return exitCode(checks);
}

async function gatherFacts(config: Config): Promise<DoctorFacts> {
  const { rung, attempts } = await chooseRung(nonceSource(), { hardwareStamps: config.hardwareStamps });
  const { realtime, boottime, kernel } = rung.clocks.read();
  const { libc, why } = loadLibc();
  const running = runningDaemon(readProcessTable());
  const chrony = readRunningChrony(running, { realtime, boottime });
  const found = namesServers(config.sources) ? { sources: [], from: "TRUEBOUND_SOURCES" } : discoverSources();
  const sources = [...(config.sources ?? []), ...found.sources];
  const servers = sources.filter(({ kind }) => kind === undefined);
  const steering = steeringOf(running, chrony);
  const clockSources = await clockSourceFacts(config, sources, rung, steering);
  const agentHere = await runningAgent(config);
  const hardwareStamps = hardwareFacts(config, rung, agentHere);
  rung.close();
  return {
    stamps: attempts,
    hardwareStamps,
    nativeCode: { loaded: libc !== null, why },
    clocksource: readClocksource(),
    running,
    chrony,
    witness: await askDaemon(running),
    discipline: disciplineFacts(),
    machine: machineFacts(),
    slew: slewFacts(steering, kernel ?? null),
    sources: {
      identities: servers.map(identityOf),
      from: found.from,
      pollSeconds: config.probeIntervalS ?? DEFAULT_POLICY.probe_interval_s,
    },
    declared: declaredFacts(config, sources),
    nts: { ...ntsFacts(config, servers), strangers: strangersOf(agentHere) },
    clockSources,
    opinions: {
      names: sources.filter(({ kind }) => kind === "opinion").map(({ id }) => id),
      isInstalled: opinionProgram() !== null,
    },
    road: roadFacts(config),
    peers: peerFacts(config),
    dataFolder: { path: config.dataDir, problem: writingProblem(config.dataDir) },
  };
}

function declaredFacts({ declared = [], dataDir }: Config, sources: readonly Source[]): DoctorFacts["declared"] {
  const others = sources.filter(({ kind }) => kind !== undefined);
  const counting = [...new Set([...declared, ...(keptPolicy(dataDir)?.declared ?? [])])];
  return { named: others.map(({ id }) => id), counting, problems: others.flatMap(placeProblem) };
}

/** What keeps a source from being heard, as far as its place tells. */
function placeProblem(source: Source): string[] {
  const { id, kind, host } = source;
  if (kind !== "external") return [];
  const isProgram = startsProgram(source);
  const path = isProgram ? host.slice("exec:".length) : host;
  try {
    accessSync(path, isProgram ? constants.X_OK : constants.R_OK | constants.W_OK);
    return [];
  } catch (error) {
    return [
      `${id} cannot be heard: ${(error as Error).message}; is its ${isProgram ? "program installed" : "program running"}, and may this user reach it?`,
    ];
  }
}

type Said = Readonly<Record<string, unknown>>;

/** What the agent that runs here says of itself, over the loopback: the doctor itself sends nothing to a source. Null = none answers. */
async function runningAgent({ publish }: Config): Promise<Said | null> {
  const asked = await agentAsker(publish)("/status");
  return asked.kind === "host" ? asked.host.all : null;
}

/** What each card does, as it says now; and what only the agent that runs here has found out by its exchanges. */
function hardwareFacts(config: Config, { cards, mode }: Rung, running: Said | null): DoctorFacts["hardwareStamps"] {
  if (!config.hardwareStamps) return mode.startsWith("kernel") ? "off" : null;
  if (cards === undefined) return null;
  const known = (Array.isArray(running?.hardware_stamps) ? running.hardware_stamps : []) as readonly Partial<CardSaid>[];
  const foundOut = (name: string) => known.find((one) => one.interface === name && TRIED.includes(String(one.state)))?.state;
  return cards.survey().map((state) => {
    const now = sayCard(state);
    const tried = now.state === "on" ? foundOut(now.interface) : undefined;
    return tried === undefined ? now : { ...now, state: tried, stamps: null };
  });
}

const TRIED: readonly string[] = ["stamps_missing", "contradicts_kernel"] satisfies readonly NoCardStamps[];

function strangersOf(running: Said | null): DoctorFacts["nts"]["strangers"] {
  if (running === null || !Array.isArray(running.sources)) return null;
  const sources = running.sources as readonly Partial<BatchSource>[];
  const strange = sources.filter(({ refusals }) => (refusals?.nts_pin_mismatch ?? 0) > 0);
  return strange.map(({ id, nts }) => ({ id: String(id), authenticated: nts?.authenticated === true }));
}

/** Each is opened, asked once, and closed again. */
async function clockSourceFacts(
  { dataDir, declared = [] }: Config,
  sources: readonly Source[],
  { clocks }: Rung,
  steering: Steering,
): Promise<DoctorFacts["clockSources"]> {
  const book = new LeapBook(sha1);
  const policy = keptPolicy(dataDir);
  if (policy?.leap_list !== undefined) book.offer(policy.leap_list);
  const ports = { look: () => clocks.read(), steering: () => steering, hasRaw: clocks.ruler === "raw" };
  const counts = new Set([...declared, ...(policy?.declared ?? [])]);
  const facts: DoctorFacts["clockSources"][number][] = [];
  for (const source of sources.filter(({ kind }) => kind === "ptp" || kind === "phc")) {
    const opened = openClockSource(source, ports, { leapList: () => book.list });
    const taken: Taken = (await opened?.take()) ?? { kind: "refused", reason: "kind_unsupported" };
    facts.push({ id: source.id, taken, says: opened?.says() ?? {}, assumes: opened?.assumes ?? [], isDeclared: counts.has(source.id) });
    opened?.close();
  }
  return facts;
}

function ntsFacts(config: Config, sources: readonly Source[]): Omit<DoctorFacts["nts"], "strangers"> {
  const named = (isAsked: boolean) => sources.filter(({ nts }) => (nts !== undefined) === isAsked).map(({ id }) => id);
  const isRequired = (config.authenticated ?? keptPolicy(config.dataDir)?.authenticated ?? null) !== null;
  const pinned = sources.filter(({ nts }) => nts?.pins !== undefined).map(({ id }) => id);
  return { asked: named(true), plain: named(false), pinned, isRequired, caProblem: ntsCaProblem(config) };
}

function roadFacts({ dataDir, server, proxy: settings }: Config): DoctorFacts["road"] {
  const facts = { server: server?.href ?? null, proxy: null, problem: null };
  try {
    const url = server ?? keptServer(dataDir);
    if (url === null) return facts;
    const proxy = proxyTo(url, settings);
    const said = proxy && { at: proxyAt(proxy), from: proxy.from, hasCredentials: proxyCredentials(proxy) !== null };
    return { server: url.href, proxy: said, problem: null };
  } catch (error) {
    return { ...facts, problem: `the way to the server is not known: ${(error as Error).message}` };
  }
}

function keptServer(dataDir: string): URL | null {
  const identity = keptIdentity(dataDir);
  return identity === null || identity.retired === true ? null : new URL(identity.server);
}

function disciplineFacts(): DoctorFacts["discipline"] {
  const { libc } = loadLibc();
  if (libc === null) return { kind: "no_native_code" };
  const testimony = new KernelDisciplineReader(libc).ask();
  return testimony.kind === "refused" ? testimony : { kind: testimony.kind };
}

function machineFacts(): DoctorFacts["machine"] {
  const witness = new KernelWitness();
  const facts = { isVirtual: mayBeVirtual(), marker: witness.vmMarker(), cpuTimes: witness.cpuTimes(), ptpClocks: readPtpClocks() };
  witness.close();
  return facts;
}

function peerFacts({ dataDir, peers: { off, listen } }: Config): DoctorFacts["peers"] {
  const mesh = keptPolicy(dataDir)?.mesh ?? null;
  const port = listen?.port ?? mesh?.port;
  return { off, mesh, listen, taken: port === undefined ? false : isUdpPortTaken(port) };
}

/** S as the running agent would take it now. */
function slewFacts(steering: Steering, kernel: KernelDiscipline | null): DoctorFacts["slew"] {
  const slew = slewAllowance(steering, kernel);
  return { ppm: divCeil(slew, 1000n), basis: slewBasis(steering, kernel, slew === UNKNOWN_SLEW) };
}

function slewBasis({ kind }: Steering, kernel: KernelDiscipline | null, isWorst: boolean): string {
  const worst = "the fastest that the kernel can be made to go";
  if (kernel === null) return `${worst}, since it may not be asked here how it is disciplined (adjtimex)`;
  if (isWorst) return `${worst}, since it is not known who steers it`;
  return kind === "chrony"
    ? "chrony's maxslewrate and the frequency that it holds"
    : "the kernel's PLL, its frequency and adjtime, if nobody resets the PLL within a second (slew_held_1s)";
}

async function askDaemon({ daemons, bystanders }: RunningDaemon): Promise<DoctorFacts["witness"]> {
  if (![...daemons, ...bystanders].some(({ kind }) => kind === "chronyd")) return null;
  const chronyc = new Chronyc();
  return { tracking: await chronyc.tracking(), sources: await chronyc.sources() };
}

/** A name stands for itself: it is not looked up, two addresses of one pool count as two, and its dots are no address's. */
function identityOf({ id, host, origin, slot }: Source): SourceIdentity {
  const address = isIP(host) === 0 ? `${host.replaceAll(".", "-")}/${slot}` : host;
  return { id, address, ownRefid: isIP(host) === 0 ? 0 : refidOf(host), refid: null, stratum: null, origin };
}
