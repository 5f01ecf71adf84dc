import type { HostReading } from "@truebound/time";
import type { Batch, DaemonFinding, DaemonSays, Policy } from "@truebound/wire";
import type { AgentParts } from "./agent-parts.ts";
import { type BoundRow, provenUtc } from "./bound/bound-row.ts";
import type { Finding } from "./bound/findings.ts";
import { HostMonitor } from "./bound/host-monitor.ts";
import type { Observation } from "./bound/observations.ts";
import type { Present } from "./bound/present.ts";
import { FlightKeeper } from "./flight/flight-keeper.ts";
import { IntervalSources } from "./interval-source/interval-sources.ts";
import { DaemonAudit, type Heard } from "./observe/daemon-audit.ts";
import { DaemonCare } from "./observe/daemon-care.ts";
import type { Asked as AskedDaemon } from "./observe/daemon-says.ts";
import type { Sighting } from "./observe/ports.ts";
import { provingNothing } from "./peers/mesh-block.ts";
import { Neighbours } from "./peers/neighbours.ts";
import type { PolicyInForce } from "./policy/policy-in-force.ts";
import { RuleKeeper } from "./policy/rule-keeper.ts";
import { makeProbes } from "./probe/make-probes.ts";
import { Rounds } from "./probe/rounds.ts";
import type { SourceProbe } from "./probe/source-probe.ts";
import { Rehearsals } from "./rehearse/rehearsals.ts";
import { ToldHost } from "./rehearse/told-host.ts";
import type { Asked } from "./report/asked.ts";
import { buildBatch, type Sender } from "./report/build-batch.ts";
import { Bursts } from "./report/bursts.ts";
import type { WrittenFlight } from "./report/flight-sender.ts";
import { LimitAlarm } from "./report/limit-alarm.ts";
import { Timers } from "./timers.ts";

const SOONEST_REPORT_MS = 1000;
/** Later than this a report's timer is not merely late: whatever should have made the report is stuck. */
const REPORT_LATE_MS = 30_000;
/** A batch is closed early at this many rows and exchanges, well below what a server takes at once. */
const MOST_PENDING = 800;

/**
 * The agent's life: polls each source at its own pace, reads the clocks between, reports. Timers are monotonic; no wall
 * clock decides when anything happens. Everything worth deciding is in the monitor and the probes.
 */
export class Agent {
  readonly #parts: AgentParts;
  readonly #monitor: HostMonitor;
  readonly #rules: RuleKeeper;
  readonly #policy: PolicyInForce;
  readonly #timers: Timers;
  readonly #rounds: Rounds<SourceProbe>;
  readonly #neighbours: Neighbours;
  readonly #care: DaemonCare | null;
  readonly #audit: DaemonAudit;
  readonly #rehearsals: Rehearsals;
  readonly #host: ToldHost;
  readonly #flights: FlightKeeper;
  readonly #alarm: LimitAlarm;
  readonly #intervals: IntervalSources;
  readonly #bursts = new Bursts({ ask: () => this.#rounds.askNow(), report: () => this.#timers.stopped || this.reportNow() });
  #report: AgentParts["report"];
  #sender: Sender | null;
  /** What the daemon said since the last report; null = it was not asked. */
  #daemon: DaemonSays | null = null;
  #lastReport = Number.NEGATIVE_INFINITY;
  /** When the report that is planned must have been made, ms of the timers' clock. */
  #reportDue = Number.POSITIVE_INFINITY;
  #lost = 0;

  constructor(parts: AgentParts) {
    this.#parts = parts;
    const { openIntervals } = parts;
    this.#intervals = new IntervalSources((source) => openIntervals?.(source, { leapList: () => this.#rules.leapList }) ?? null);
    this.#timers = new Timers(parts.alarm);
    this.#alarm = new LimitAlarm({ report: () => this.reportNow(), timers: this.#timers, now: () => this.#timers.now() });
    this.#report = parts.report;
    this.#sender = parts.sender;
    this.#rules = new RuleKeeper({ ...parts, note: (kind, detail) => this.note(kind, detail) });
    this.#policy = this.#rules.inForce;
    const { steering, distrustSteering, mayCalibrate, instruments, witness } = parts;
    const surroundings = { ruler: instruments.clocks.ruler, steering, distrustSteering, mayCalibrate };
    this.#monitor = new HostMonitor(this.#makeProbes([]), this.#policy.effective, surroundings, parts.mode);
    this.#rehearsals = new Rehearsals({
      isAllowed: parts.settings.rehearsals === true,
      real: this.#monitor,
      host: () => ({ policy: this.#policy.effective, surroundings, mode: parts.mode, calendar: this.#rules.calendar }),
      observe: () => this.#observe(),
      report: () => this.reportNow(),
      note: (kind, detail) => this.note(kind, detail),
      timers: this.#timers,
      log: parts.log,
    });
    this.#host = new ToldHost(this.#monitor, () => this.#rehearsals.current);
    const note = (kind: Finding["kind"], detail: Finding["detail"], source: string | null = null) => this.#tell(kind, detail, source);
    // The dates of certificates are held against what is proved of UTC, never against the clock that is measured.
    const utc = (source: string) => provenUtc(this.#monitor.current, source);
    const ports = { ...parts, instruments: { ...instruments, utc }, monitor: this.#monitor, timers: this.#timers, note };
    this.#flights = new FlightKeeper({
      ...ports,
      observe: () => this.#observe(),
      told: () => this.#told,
      trusted: () => this.#policy.policy.trusted,
      sender: () => this.#sender,
    });
    this.#rounds = new Rounds<SourceProbe>({
      ...ports,
      probes: () => this.#monitor.probes,
      learned: (probe, evidence) => {
        for (const { kind, detail } of probe.intervals?.news?.() ?? []) note(kind, detail, probe.source.id);
        this.#flights.exchanged(probe, this.#host.learned(probe, evidence));
      },
      exchanged: (gaveEvidence) => this.#exchanged(gaveEvidence),
      note: (kind, { source }, detail) => note(kind, detail, source.id),
    });
    this.#neighbours = new Neighbours({ ...ports, exchanged: () => this.#look() });
    this.#audit = new DaemonAudit(ports);
    this.#care =
      witness === undefined
        ? null
        : new DaemonCare({
            ...ports,
            witness,
            clocks: instruments.clocks,
            mark: () => this.#mark(),
            heard: (heard, asked) => this.#heardDaemon(heard, asked),
          });
  }

  /** The host as it is, whatever is rehearsed. */
  get monitor(): HostMonitor {
    return this.#monitor;
  }

  /** The limit on the worst error that the policy names; null = none. */
  get limitNs(): number | null {
    return this.#policy.policy.limit_ns;
  }

  /** Reads the clocks for whoever asks, and says how the host stands by that: as it is, whatever is rehearsed. */
  lookNow(): Present {
    this.#look();
    return this.#monitor.present;
  }

  /** What is found of the host's own daemon, and goes on. */
  get daemonFindings(): readonly DaemonFinding[] {
    return this.#audit.findings;
  }

  /** The host as reports tell of it. */
  get #told(): HostMonitor {
    return this.#host.monitor;
  }

  /** Nothing is said to the server; reports are kept. */
  get isSilent(): boolean {
    return this.#rehearsals.isSilent;
  }

  start(): void {
    const reading = this.#observe();
    this.#monitor.note({
      kind: "agent_started",
      reading,
      source: null,
      detail: { stamp_mode: this.#parts.mode, sources: this.#monitor.probes.length, ...this.#parts.watch?.signals },
    });
    this.#rules.takeLeapList();
    this.#reconfigure();
    // How the daemon fares without us is known only before our first poll.
    if (this.#care === null) this.#rounds.begin();
    else void this.#care.watch().then(() => this.#rounds.begin());
    this.#readLater();
    this.#reportLater();
    this.#flights.watchRoutes();
    void this.#watchForSteps();
  }

  /** From now on batches have somewhere to go. */
  enrolled(sender: Sender, report: (batch: Batch) => void): void {
    this.#sender = sender;
    this.#report = report;
    this.reportNow();
  }

  /** From now on records of the minutes around an incident have somewhere to go. */
  flightsTo(send: (flight: WrittenFlight) => void): void {
    this.#flights.sendTo(send);
  }

  /** A policy block from the server. One that does not validate is refused and the last good one stays. */
  offerPolicy(given: unknown): void {
    const policy = this.#rules.judge(given);
    if (policy !== null) this.#takePolicy(policy);
  }

  /** Whom the server wants this host to measure, and who may measure it. */
  offerAssignment(given: unknown): void {
    this.#neighbours.offer(given, this.#policy.unpaced, this.#rules.calendar);
  }

  /** What a receipt asks for. */
  heed({ burst, rehearsal, flight }: Asked): void {
    if (this.#timers.stopped) return;
    this.#flights.offer(flight);
    this.#bursts.offer(burst);
    this.#rehearsals.offer(rehearsal);
  }

  /** Seals what has been seen so far and hands it over. */
  reportNow(): void {
    this.#observe();
    this.#told.record();
    const seen = this.#host.drain();
    this.#lastReport = this.#timers.now();
    this.#alarm.reported();
    if (this.#report === null || this.#sender === null) return;
    for (const one of seen) this.#report(this.#batchOf(one, one === seen.at(-1), this.#sender));
  }

  #batchOf(one: Observation, isNewest: boolean, sender: Sender): Batch {
    const { rehearsal } = this.#host;
    const burst = isNewest ? this.#bursts.answered : null;
    // Only the real record may say how others were measured, and a rehearsal keeps none.
    const row = rehearsal === null ? (one.rows.at(-1) ?? one.present.row) : this.#monitor.present.row;
    const real = this.#neighbours.report(row, isNewest);
    const mesh = rehearsal === null || real === undefined ? real : provingNothing(real);
    return buildBatch(one, this.#policy.policy, sender, { mesh, burst, rehearsal, daemon: isNewest ? this.#takeDaemon() : null });
  }

  /** A reading that stays in the record by itself. */
  #mark(): HostReading {
    const reading = this.#observe();
    this.#told.record();
    return reading;
  }

  /** While a fault is rehearsed the marks lie in the rehearsed record, and nothing can be held against a claim. */
  #heardDaemon(heard: Heard, asked: AskedDaemon): void {
    const { tracking } = heard;
    this.#flights.recorder.daemon(tracking.kind === "ok" ? tracking.value : { trouble: tracking.kind });
    this.#daemon = this.#host.rehearsal === null ? this.#audit.heard(heard, asked) : null;
  }

  /** Told once. Of a rehearsed fault the daemon knows nothing: what is told beside one is not its claim of that clock. */
  #takeDaemon(): DaemonSays | null {
    const said = this.#host.rehearsal === null ? this.#daemon : null;
    this.#daemon = null;
    return said;
  }

  /**
   * So many reports are lost for good. The record says so, and that nothing may be concluded across the gap. It says each time
   * how many in all, for the report that declared an earlier loss may be lost itself.
   * @param inAll so many since the enrolment, of those that were sealed; absent = these found no room, and are counted since the start
   * @param doubtful how many of those in all may be at the server, or may never have been on the disk as a whole
   */
  lost(batches: number, inAll?: number, doubtful = 0): void {
    this.#host.breakContinuity();
    const doubt = doubtful === 0 ? {} : { doubtful_in_all: doubtful };
    if (inAll !== undefined) return this.note("spool_gap", { dropped_batches: batches, dropped_in_all: inAll, ...doubt });
    this.#lost += batches;
    this.note("spool_gap", { dropped_batches: batches, dropped_since_start: this.#lost });
  }

  /** Something that happened beside the measuring, for the record. */
  note(kind: Finding["kind"], detail: Finding["detail"]): void {
    this.#tell(kind, detail, null);
  }

  #tell(kind: Finding["kind"], detail: Finding["detail"], source: string | null): void {
    this.#host.note({ kind, reading: this.#observe(), source, detail });
  }

  stop(): void {
    this.#timers.stop();
    this.#rehearsals.end();
    this.#flights.end();
    this.note("agent_stopping", {});
    this.reportNow();
    this.#parts.watch?.close();
    this.#intervals.close();
  }

  /** What was seen so far is reported under the policy that was in force. */
  #takePolicy(policy: Policy): void {
    this.reportNow();
    this.#rules.take(policy);
    this.#reconfigure();
    this.note("policy_applied", { version: policy.version });
    this.#rounds.begin();
  }

  /** Probes and monitor as the policy and the pace want them now. */
  #reconfigure(): void {
    this.#host.learnLeaps(this.#rules.calendar);
    this.#repace();
    this.#applyPace();
    this.#neighbours.follow(this.#policy.unpaced, this.#rules.calendar);
  }

  #applyPace(): void {
    for (const monitor of this.#host.monitors) monitor.reconfigure(this.#makeProbes(monitor.probes), this.#policy.effective);
    this.#intervals.keep(this.#policy.sources);
  }

  #repace(): boolean {
    const slew = this.#monitor.current?.slew ?? null;
    return this.#policy.repace({ slew, drift: this.#monitor.drift, interleaved: this.#parts.interleave });
  }

  #makeProbes(old: readonly SourceProbe[]): SourceProbe[] {
    const parts = { ...this.#parts, intervals: this.#intervals };
    return makeProbes(parts, this.#policy.sources, this.#policy.effective, this.#rules.calendar, old);
  }

  #exchanged(gaveEvidence: boolean): void {
    const first = this.#told.current?.offset === null;
    if (gaveEvidence) {
      this.#look();
      this.#told.recordIfDue();
      this.#retime();
    }
    const full = this.#told.pending >= MOST_PENDING;
    if ((first && this.#told.current?.offset !== null) || full) this.reportNow();
  }

  /** After an exchange: what it leaves of the limit decides how soon the next one is wanted. */
  #retime(): void {
    if (this.#monitor.current !== null) this.#policy.learn(this.#monitor.current);
    if (!this.#repace()) return;
    this.#applyPace();
    this.#rounds.begin();
  }

  #readLater(): void {
    const interval = this.#policy.effective.reading_interval_s;
    this.#timers.later(interval * 1000, () => {
      this.#look(interval);
      if (this.#timers.now() <= this.#reportDue) this.#parts.alive?.();
      this.#readLater();
    });
  }

  /** A local reading, without a new exchange: what changed is recorded and told at once. A timer's comes when it was expected. */
  #look(expectedS: number | null = null): void {
    const told = this.#told;
    const before = told.current?.status;
    const reading = this.#observe();
    if (expectedS !== null) this.#heed(this.#parts.watch?.tick(reading, BigInt(Math.round(expectedS * 1e9))), reading);
    if (told.current?.status !== before) told.record();
    if (told.isUrgent && this.#timers.now() - this.#lastReport > SOONEST_REPORT_MS) this.reportNow();
    this.#alarm.tell();
  }

  /** A step is read the moment that the kernel tells of it, not a reading interval later. */
  async #watchForSteps(): Promise<void> {
    const { clockSet, instruments } = this.#parts;
    while (clockSet !== null && !this.#timers.stopped) {
      const known = this.#monitor.current?.reading.sets;
      await clockSet();
      if (!this.#timers.stopped && instruments.clocks.read().sets !== known) this.#look();
    }
  }

  #reportLater(): void {
    const pauseMs = this.#policy.policy.report_interval_s * 1000;
    this.#reportDue = this.#timers.now() + pauseMs + REPORT_LATE_MS;
    this.#timers.later(pauseMs, () => {
      this.reportNow();
      this.#reportLater();
    });
  }

  #observe(): HostReading {
    const reading = this.#parts.instruments.clocks.read();
    this.#heed(this.#parts.watch?.look(reading), reading);
    const before = this.#monitor.current;
    this.#host.observe(reading);
    this.#seen(before);
    return reading;
  }

  /** What comes of a reading, beside what is reported. @param before the row of the reading before it. */
  #seen(before: BoundRow | null): void {
    const { current } = this.#monitor;
    const told = this.#told.current;
    if (current === null || told === null) return;
    this.#flights.recorder.reading(told, this.#parts.watch?.stealPpm ?? null, this.#host.rehearsal);
    this.#alarm.look(told.offset, this.#policy.policy.limit_ns);
    this.#parts.published?.(this.#policy.effective.reading_interval_s);
    const { status, reason } = current;
    if (before?.status !== status || before.reason !== reason)
      this.#parts.log(status === "proven" ? "info" : "warn", `status ${status}${reason ? ` (${reason})` : ""}`);
  }

  #heed(sightings: readonly Sighting[] = [], reading: HostReading): void {
    for (const sighting of sightings) {
      this.#host.heed(sighting, reading);
      this.#parts.log("warn", `${sighting.kind} ${JSON.stringify(sighting.detail)}`);
    }
  }
}
