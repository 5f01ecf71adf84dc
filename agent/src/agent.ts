import { DEFAULT_CLIENT } from "@truebound/ntp";
import { type AsciiHash, type HostReading, ppb, type Steering, uncalibrated } from "@truebound/time";
import { type Batch, type Policy, Policy as PolicySchema, type StampMode, validator } from "@truebound/wire";
import { rulerRho } from "./bound/drift-rules.ts";
import type { Finding } from "./bound/findings.ts";
import { HostMonitor } from "./bound/host-monitor.ts";
import { type Pace, PaceKeeper } from "./bound/pace.ts";
import { LeapBook } from "./leap/leap-book.ts";
import { timescaleOf } from "./leap/source-timescale.ts";
import { addressOf, HarmGuard } from "./observe/harm-guard.ts";
import type { Decision } from "./observe/harm-watch.ts";
import type { HostWatch } from "./observe/host-watch.ts";
import type { DaemonWitness, Sighting } from "./observe/ports.ts";
import { type Instruments, pollOnce } from "./probe/poll.ts";
import type { Source } from "./probe/source.ts";
import { FLOOR_SECONDS, parseSource } from "./probe/source.ts";
import { SourceProbe } from "./probe/source-probe.ts";
import { buildBatch, type Sender } from "./report/build-batch.ts";

/** What this host insists on, whatever the policy says; null = as the policy says. */
export interface LocalSettings {
  readonly sources: readonly Source[] | null;
  readonly probeIntervalS: number | null;
  readonly rhoPpb: number | null;
  readonly faults: number | null;
  /** A leap list that stands in for the policy's: of a host whose world has leaps of its own. */
  readonly leapList?: string;
}

export interface AgentParts {
  readonly instruments: Instruments;
  readonly mode: StampMode;
  readonly interleave: boolean;
  /** Who steers REALTIME, as far as is known now. */
  readonly steering: () => Steering;
  /** From now on `steering` says that nobody knows. */
  readonly distrustSteering: () => void;
  /** False on a virtual machine without a migration marker. */
  readonly mayCalibrate: boolean;
  /** Resolves when the kernel gives notice that the clock was set, or after some time; null where it gives none. */
  readonly clockSet: (() => Promise<void>) | null;
  readonly settings: LocalSettings;
  /** Used where neither the host nor the policy names sources. */
  readonly discovered: readonly Source[];
  readonly policy: Policy;
  readonly refidOf: (address: string) => number;
  /** For the hash in a leap list. */
  readonly sha1: AsciiHash;
  /** A numeric address for a source, or null. Never rejects. */
  readonly resolve: (source: Source) => Promise<string | null>;
  /** Takes a finished batch; null before enrolment: then what was seen is not kept. */
  readonly report: ((batch: Batch) => void) | null;
  readonly sender: Sender | null;
  readonly keepPolicy: (policy: Policy) => void;
  /** Absent where the clocks are simulated. */
  readonly watch?: HostWatch;
  /** The host's own daemon, which our polls must not harm; absent on demo hosts. */
  readonly witness?: DaemonWitness;
  readonly random: () => number;
  /** Called whenever the clocks were read and what was seen has been handed over in time: the whole loop still turns. */
  readonly alive?: () => void;
  readonly log: (level: "info" | "warn", message: string) => void;
}

const isPolicy = validator(PolicySchema);
const FIRST_POLL_GAP_MS = 120;
const SOONEST_REPORT_MS = 1000;
/** Later than this a report's timer is not merely late: whatever should have made the report is stuck. */
const REPORT_LATE_MS = 30_000;
const JITTER = 0.05;
/** A batch is closed early at this many rows and exchanges, well below what a server takes at once. */
const MOST_PENDING = 800;

/**
 * The agent's life: polls each source at its own pace, reads the clocks between, reports. Timers are monotonic; no wall
 * clock decides when anything happens. Everything worth deciding is in the monitor and the probes.
 */
export class Agent {
  readonly #parts: AgentParts;
  readonly #monitor: HostMonitor;
  readonly #leaps: LeapBook;
  readonly #timers = new Set<NodeJS.Timeout>();
  #policy: Policy;
  #report: AgentParts["report"];
  #sender: Sender | null;
  readonly #guard: HarmGuard | null;
  readonly #keeper = new PaceKeeper();
  #pace: Pace;
  /** When each source was last polled, ms of performance.now(). */
  readonly #polledAt = new Map<string, number>();
  #stopped = false;
  #lastReport = Number.NEGATIVE_INFINITY;
  /** When the report that is planned must have been made, ms of performance.now(). */
  #reportDue = Number.POSITIVE_INFINITY;
  #generation = 0;
  #lost = 0;
  #refusedPolicy: string | null = null;
  #offered: string | null = null;

  constructor(parts: AgentParts) {
    this.#parts = parts;
    this.#policy = parts.policy;
    this.#report = parts.report;
    this.#sender = parts.sender;
    this.#guard = parts.witness === undefined ? null : new HarmGuard(parts.witness);
    this.#leaps = new LeapBook(parts.sha1);
    const { steering, distrustSteering, mayCalibrate } = parts;
    const surroundings = { ruler: parts.instruments.clocks.ruler, steering, distrustSteering, mayCalibrate };
    this.#pace = { readingS: parts.policy.reading_interval_s, probeS: parts.policy.probe_interval_s };
    this.#monitor = new HostMonitor(this.#makeProbes([]), this.#effective(), surroundings, parts.mode);
  }

  get monitor(): HostMonitor {
    return this.#monitor;
  }

  start(): void {
    const reading = this.#observe();
    this.#monitor.note({
      kind: "agent_started",
      reading,
      source: null,
      detail: { stamp_mode: this.#parts.mode, sources: this.#monitor.probes.length, ...this.#parts.watch?.signals },
    });
    this.#takeLeapList();
    this.#reconfigure();
    // How the daemon fares without us is known only before our first poll.
    if (this.#guard === null) this.#pollAll();
    else void this.#watchDaemon(this.#guard).then(() => this.#pollAll());
    this.#readLater();
    this.#reportLater();
    void this.#watchForSteps();
  }

  /** From now on batches have somewhere to go. */
  enrolled(sender: Sender, report: (batch: Batch) => void): void {
    this.#sender = sender;
    this.#report = report;
    this.reportNow();
  }

  /** A policy block from the server. One that does not validate is refused and the last good one stays. */
  offerPolicy(given: unknown): void {
    if (!isPolicy.accepts(given)) return this.#refusePolicy(given);
    // The leap list comes now and then only; without one the last good one stays.
    const offered = given.leap_list === undefined && this.#leaps.text !== null ? { ...given, leap_list: this.#leaps.text } : given;
    const text = JSON.stringify(offered);
    if (text === this.#offered || text === JSON.stringify(this.#policy)) return;
    this.#offered = text;
    this.reportNow();
    this.#policy = offered;
    this.#takeLeapList();
    this.#parts.keepPolicy(this.#policy);
    this.#reconfigure();
    this.#monitor.note({ kind: "policy_applied", reading: this.#observe(), source: null, detail: { version: offered.version } });
    this.#pollAll();
  }

  /** Seals what has been seen so far and hands it over. */
  reportNow(): void {
    this.#observe();
    this.#monitor.record();
    const seen = this.#monitor.drain();
    this.#lastReport = performance.now();
    if (this.#report === null || this.#sender === null) return;
    for (const one of seen) this.#report(buildBatch(one, this.#policy, this.#sender));
  }

  /**
   * So many reports are lost for good. The record says so, and that nothing may be concluded across the gap. It says each time
   * how many since the start: the report that declared an earlier loss may be lost itself.
   */
  lost(batches: number): void {
    this.#lost += batches;
    this.#monitor.breakContinuity();
    this.note("spool_gap", { dropped_batches: batches, dropped_since_start: this.#lost });
  }

  /** Something that happened beside the measuring, for the record. */
  note(kind: Finding["kind"], detail: Finding["detail"]): void {
    this.#monitor.note({ kind, reading: this.#observe(), source: null, detail });
  }

  stop(): void {
    this.#stopped = true;
    for (const timer of this.#timers) clearTimeout(timer);
    this.#timers.clear();
    this.#monitor.note({ kind: "agent_stopping", reading: this.#observe(), source: null, detail: {} });
    this.reportNow();
    this.#parts.watch?.close();
  }

  /** The list that comes with the policy, or the last good one: a policy is kept with the list that is in force beside it. */
  #takeLeapList(): void {
    const text = this.#parts.settings.leapList ?? this.#policy.leap_list;
    const taken = text === undefined ? null : this.#leaps.offer(text);
    if (taken?.kind === "refused") this.#refuseLeapList(taken.why);
    const { leap_list: _, ...rest } = this.#policy;
    this.#policy = this.#leaps.text === null ? rest : { ...rest, leap_list: this.#leaps.text };
    this.#monitor.learnLeaps(this.#leaps.calendar);
  }

  #refuseLeapList(why: string): void {
    const left = this.#leaps.text === null ? "there is none to go on with" : "the last good one stays in force";
    this.#parts.log("warn", `cannot use the leap list of policy ${this.#policy.version}: ${why}; ${left}`);
    this.#monitor.note({ kind: "leap_list_refused", reading: this.#observe(), source: null, detail: { why } });
  }

  /** Probes and monitor as the policy and the pace want them now. */
  #reconfigure(): void {
    this.#pace = this.#wantedPace();
    this.#monitor.reconfigure(this.#makeProbes(this.#monitor.probes), this.#effective());
  }

  #wantedPace(): Pace {
    const slew = this.#monitor.current?.slew ?? null;
    return this.#keeper.pace(this.#policy, { slew, drift: this.#monitor.drift, interleaved: this.#parts.interleave });
  }

  /** After an exchange: what it leaves of the limit decides how soon the next one is wanted. */
  #retime(): void {
    if (this.#monitor.current !== null) this.#keeper.learn(this.#monitor.current);
    if (this.#wantedPace() === this.#pace) return;
    this.#reconfigure();
    this.#pollAll();
  }

  #effective(): Policy {
    const { probeIntervalS, rhoPpb, faults } = this.#parts.settings;
    return {
      ...this.#policy,
      reading_interval_s: this.#pace.readingS,
      probe_interval_s: probeIntervalS ?? this.#pace.probeS,
      rho_ppb: rhoPpb ?? this.#policy.rho_ppb,
      faults: faults ?? this.#policy.faults,
    };
  }

  #sources(): readonly Source[] {
    if (this.#parts.settings.sources !== null) return this.#parts.settings.sources;
    const named = (this.#policy.sources ?? []).map((text) => parseSource(text)).filter((source) => typeof source !== "string");
    return named.length > 0 ? named : this.#parts.discovered;
  }

  /** Probes of the present sources: those that stay keep their evidence. */
  #makeProbes(old: readonly SourceProbe[]): SourceProbe[] {
    const policy = this.#effective();
    const drift = uncalibrated(rulerRho(policy, this.#parts.instruments.clocks.ruler));
    const sigma = ppb(BigInt(policy.sigma_ppb));
    return this.#sources().map((source) => {
      const trusted = policy.trusted.includes(source.id) || policy.trusted.includes(source.host);
      const timescale = timescaleOf(source, policy.timescales ?? {});
      const kept = old.find((probe) => probe.source.id === source.id);
      kept?.retune(policy.probe_interval_s, trusted, sigma);
      kept?.relearn(timescale, this.#leaps.calendar);
      if (kept !== undefined) return kept;
      const { precision, uncertainty } = this.#parts.instruments.transport;
      return new SourceProbe({
        source,
        drift,
        sigma,
        client: { ...DEFAULT_CLIENT, interleave: this.#parts.interleave },
        quality: { precision, uncertainty, rootsRoundedUp: source.rootsRoundedUp },
        pollSeconds: policy.probe_interval_s,
        trusted,
        refidOf: this.#parts.refidOf,
        timescale,
        calendar: this.#leaps.calendar,
      });
    });
  }

  /** A new generation of polling: loops of the one before end at their next turn. However often policies come, floors and back-offs hold. */
  #pollAll(): void {
    this.#generation += 1;
    const generation = this.#generation;
    const now = performance.now();
    for (const [index, probe] of this.#monitor.probes.entries()) {
      const pause = probe.polls === 0 ? FLOOR_SECONDS[probe.source.origin] : probe.pollSeconds;
      const due = (this.#polledAt.get(probe.source.id) ?? Number.NEGATIVE_INFINITY) + pause * 1000 - now;
      this.#later(Math.max(index * FIRST_POLL_GAP_MS, due), () => this.#poll(probe, generation));
    }
  }

  async #poll(probe: SourceProbe, generation: number): Promise<void> {
    if (generation !== this.#generation || probe.stopped) return;
    if (probe.needsResolving) await this.#resolve(probe);
    this.#polledAt.set(probe.source.id, performance.now());
    const evidence = await pollOnce(probe, this.#parts.instruments);
    if (probe.stopped && !this.#stopped) this.#denied(probe);
    // What the windows hold goes into the record, also where a new policy has come meanwhile.
    if (this.#monitor.probes.includes(probe)) this.#monitor.learned(evidence);
    if (this.#stopped || generation !== this.#generation) return;
    const first = this.#monitor.current?.offset === null;
    if (evidence.length > 0) {
      this.#look();
      this.#monitor.recordIfDue();
      this.#retime();
    }
    const full = this.#monitor.pending >= MOST_PENDING;
    if ((first && this.#monitor.current?.offset !== null) || full) this.reportNow();
    const jitter = 1 + (this.#parts.random() * 2 - 1) * JITTER;
    this.#later(probe.pollSeconds * 1000 * jitter, () => this.#poll(probe, generation));
  }

  async #resolve(probe: SourceProbe): Promise<void> {
    const address = await this.#parts.resolve(probe.source);
    if (address === null || address === probe.address) return;
    probe.resolved(address);
    if (address === probe.source.host) return;
    this.#monitor.note({ kind: "source_resolved", reading: this.#observe(), source: probe.source.id, detail: { address } });
  }

  #denied({ source, address, troubles }: SourceProbe): void {
    const kiss = troubles.has("kiss_deny") ? "DENY" : "RSTR";
    this.#parts.log(
      "warn",
      `${source.id} answers ${kiss}: it does not want our questions and is not asked again; remove it from the sources`,
    );
    this.#monitor.note({ kind: "source_denied", reading: this.#observe(), source: source.id, detail: { address, kiss } });
  }

  async #watchDaemon(guard: HarmGuard): Promise<void> {
    const decisions = await guard.look(
      () => this.#parts.instruments.clocks.read().rawAfter,
      () => this.#monitor.probes,
    );
    for (const decision of decisions) this.#slowFor(decision);
    this.#later(guard.everySeconds * 1000, () => this.#watchDaemon(guard));
  }

  /** The guard has set the pace; here it is said. */
  #slowFor({ kind, address, factor, why, before, now }: Decision): void {
    const reach = { daemon_reach_before: before?.toString(8) ?? null, daemon_reach_now: now?.toString(8) ?? null };
    const because = why.replaceAll("_", " ");
    if (kind === "ease") return this.#parts.log("info", `polling ${address} ${factor} times slower than wanted: ${because}`);
    this.#parts.log("warn", `polling ${address} ${factor} times slower than wanted, for the sake of this host's own daemon: ${because}`);
    const shared = this.#monitor.probes.find((probe) => addressOf(probe) === address);
    this.#monitor.note({
      kind: "probe_harms_daemon",
      reading: this.#observe(),
      source: shared?.source.id ?? null,
      detail: { address, why, slowed_by: factor, ...reach },
    });
  }

  #readLater(): void {
    const interval = this.#effective().reading_interval_s;
    this.#later(interval * 1000, () => {
      this.#look(interval);
      if (performance.now() <= this.#reportDue) this.#parts.alive?.();
      this.#readLater();
    });
  }

  /** A local reading, without a new exchange: what changed is recorded and told at once. A timer's comes when it was expected. */
  #look(expectedS: number | null = null): void {
    const before = this.#monitor.current?.status;
    const reading = this.#observe();
    if (expectedS !== null) this.#heed(this.#parts.watch?.tick(reading, BigInt(Math.round(expectedS * 1e9))), reading);
    if (this.#monitor.current?.status !== before) this.#monitor.record();
    if (this.#monitor.isUrgent && performance.now() - this.#lastReport > SOONEST_REPORT_MS) this.reportNow();
  }

  /** A step is read the moment that the kernel tells of it, not a reading interval later. */
  async #watchForSteps(): Promise<void> {
    const { clockSet, instruments } = this.#parts;
    while (clockSet !== null && !this.#stopped) {
      const known = this.#monitor.current?.reading.sets;
      await clockSet();
      if (!this.#stopped && instruments.clocks.read().sets !== known) this.#look();
    }
  }

  #reportLater(): void {
    const pauseMs = this.#policy.report_interval_s * 1000;
    this.#reportDue = performance.now() + pauseMs + REPORT_LATE_MS;
    this.#later(pauseMs, () => {
      this.reportNow();
      this.#reportLater();
    });
  }

  #observe(): HostReading {
    const reading = this.#parts.instruments.clocks.read();
    this.#heed(this.#parts.watch?.look(reading), reading);
    const before = this.#monitor.current;
    const row = this.#monitor.observe(reading);
    if (before?.status !== row.status || before.reason !== row.reason)
      this.#parts.log(row.status === "proven" ? "info" : "warn", `status ${row.status}${row.reason ? ` (${row.reason})` : ""}`);
    return reading;
  }

  #heed(sightings: readonly Sighting[] = [], reading: HostReading): void {
    for (const sighting of sightings) {
      this.#monitor.heed(sighting, reading);
      this.#parts.log("warn", `${sighting.kind} ${JSON.stringify(sighting.detail)}`);
    }
  }

  #refusePolicy(offered: unknown): void {
    const [error] = isPolicy.errors(offered);
    const why = `${error?.pointer || "/"}: ${error?.detail ?? "not a policy"}`;
    if (this.#refusedPolicy === why) return;
    this.#refusedPolicy = why;
    this.#parts.log(
      "warn",
      `cannot apply the server's policy at ${why}; the last good one (version ${this.#policy.version}) stays in force`,
    );
    this.#monitor.note({ kind: "policy_refused", reading: this.#observe(), source: null, detail: { why: why.slice(0, 400) } });
  }

  #later(delayMs: number, act: () => void | Promise<void>): void {
    if (this.#stopped) return;
    const timer = setTimeout(() => {
      this.#timers.delete(timer);
      // A rejection here is a bug: unhandled, it ends the process loudly instead of stopping one loop in silence.
      void act();
    }, delayMs);
    this.#timers.add(timer);
  }
}
