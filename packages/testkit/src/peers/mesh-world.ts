import { buildBatch, HostMonitor, HostWatch, meshBlock, PeerSet, refidOf, type SourceProbe, stateAt } from "@truebound/agent";
import { type CarriedStamp, contains, NO_CALENDAR, raw, suspendBetween } from "@truebound/time";
import { type AssignedPeer, type Batch, DEFAULT_POLICY, type Policy } from "@truebound/wire";
import { SeededRandom } from "../sim/random.ts";
import { type ClockFaults, ManualTime, SIM_SLEW, SIM_STEERING, SimClock } from "../sim/sim-clock.ts";
import { simProbe } from "../sim/sim-probe.ts";
import { SimServer, type SimSource } from "../sim/sim-source.ts";
import { SimResponder } from "./sim-responder.ts";

/** A host of a simulated mesh. */
export interface MeshHostSpec {
  readonly name: string;
  readonly clock: ClockFaults;
  readonly sources: readonly SimSource[];
  /** Whom it measures, by name; the identities on which they rest are those that they said last. */
  readonly peers: readonly string[];
}

export interface MeshSpec {
  readonly hosts: readonly MeshHostSpec[];
  readonly seed: number;
  /** One way, at least, and the mean of what comes on top, ms. */
  readonly pathMs: number;
  readonly jitterMs: number;
  readonly policy?: Partial<Policy>;
}

/** A host's batch as it is sealed, and true time then, ns since the start. */
export type OnBatch = (host: MeshHost, batch: Batch, elapsed: bigint) => void;

const TIMEOUT_NS = 1_000_000_000n;
const STAMP_ERROR = 60n;
const MS = 1e6;

interface Turn {
  readonly at: bigint;
  readonly act: () => void;
}

/** One host: the agent's own core, over simulated clocks, sources and peers. */
export class MeshHost {
  readonly id: string;
  readonly spec: MeshHostSpec;
  readonly clock: SimClock;
  readonly monitor: HostMonitor;
  readonly watch: HostWatch;
  readonly peers: PeerSet;
  readonly responder: SimResponder;
  /** Rows whose bound excluded the truth, with peers and by its own sources alone. */
  readonly missed: { withPeers: number; own: number } = { withPeers: 0, own: 0 };
  looks = 0;

  constructor(spec: MeshHostSpec, index: number, truth: ManualTime, policy: Policy) {
    this.id = `3f0f8a0e-0000-4000-8000-${index.toString(16).padStart(12, "0")}`;
    this.spec = spec;
    this.clock = new SimClock(truth, spec.clock);
    this.monitor = new HostMonitor(
      spec.sources.map((source) => simProbe({ declared: "utc", ...source }, policy, NO_CALENDAR)),
      policy,
      { ruler: "raw", steering: () => SIM_STEERING, distrustSteering: () => undefined, mayCalibrate: true },
      "simulated",
    );
    this.watch = new HostWatch(this.clock.witness());
    this.peers = new PeerSet({
      instruments: { clocks: this.clock, transport: SIM_TRANSPORT, nonce: () => 1n },
      interleave: true,
      refidOf,
    });
    this.monitor.meet(this.peers);
    this.responder = new SimResponder(this.clock, {
      isPeer: () => true,
      state: (...seen) => stateAt(this.monitor.ownFacts(), ...seen),
      ruler: { id: () => this.ruler, slew: () => SIM_SLEW },
    });
  }

  get address(): string {
    return `10.0.${Number.parseInt(this.id.slice(-4, -2), 16)}.${Number.parseInt(this.id.slice(-2), 16)}`;
  }

  get ruler(): number {
    return (Number.parseInt(this.id.slice(-4), 16) << 8) + this.monitor.disruptions;
  }

  /** As it says it in its reports. */
  restsOn: readonly string[] = [];

  look(): void {
    const reading = this.clock.read();
    for (const sighting of this.watch.look(reading)) this.monitor.heed(sighting, reading);
    const row = this.monitor.observe(reading);
    const truth = reading.injected ?? 0n;
    this.looks += 1;
    if (row.offset !== null && row.status === "proven" && !contains(row.offset, truth)) this.missed.withPeers += 1;
    const own = row.own.guaranteed && this.monitor.offsetOf(reading, row.own.guaranteed);
    if (own !== null && row.own.status === "proven" && !contains(own, truth)) this.missed.own += 1;
  }

  /** What it would report now. */
  seal(): Batch[] {
    this.look();
    this.monitor.record();
    const seen = this.monitor.drain();
    return seen.map((one) => {
      const isNewest = one === seen.at(-1);
      const row = one.rows.at(-1) ?? one.present.row;
      const mesh = meshBlock({
        assignment: "1",
        ruler: this.ruler,
        standing: { answers: { address: this.address, port: 12_300 }, trouble: null, requests: NO_REQUESTS },
        row,
        own: row.own.guaranteed && this.monitor.offsetOf(row.reading, row.own.guaranteed),
        probes: this.monitor.probes,
        peers: this.peers.probes,
        edges: isNewest ? this.peers.drainEdges() : [],
        evidence: isNewest ? this.peers.drainEvidence() : [],
      });
      this.restsOn = mesh.own.rests_on;
      return buildBatch(one, { version: 1 }, { agent: this.id, bootId: `boot-${this.id}`, software: "simulated/1" }, { mesh });
    });
  }
}

const NO_REQUESTS = { answered: 0, stranger: 0, not_a_request: 0, over_limit: 0, unsent: 0 };
const SIM_TRANSPORT = {
  mode: "simulated",
  precision: -24,
  uncertainty: 0n,
  exchange: () => Promise.reject(new Error("A simulated mesh sends nothing by itself")),
  close: () => undefined,
} as const;

/** Hosts that measure their sources and each other, in simulated time. Same spec, same batches. */
export class MeshWorld {
  readonly hosts: readonly MeshHost[];
  readonly truth = new ManualTime();
  readonly #byName: ReadonlyMap<string, MeshHost>;
  readonly #random: SeededRandom;
  readonly #spec: MeshSpec;
  readonly #policy: Policy;
  readonly #turns: Turn[] = [];
  readonly #onBatch: OnBatch;

  constructor(spec: MeshSpec, onBatch: OnBatch) {
    this.#spec = spec;
    this.#onBatch = onBatch;
    this.#random = new SeededRandom(spec.seed);
    this.#policy = { ...DEFAULT_POLICY, version: 1, mesh: { domain: "sim", port: 12_300 }, ...spec.policy };
    this.hosts = spec.hosts.map((host, index) => new MeshHost(host, index + 1, this.truth, this.#policy));
    this.#byName = new Map(this.hosts.map((host) => [host.spec.name, host]));
    for (const host of this.hosts) this.#begin(host);
  }

  host(name: string): MeshHost {
    const host = this.#byName.get(name);
    if (host === undefined) throw new Error(`Cannot find a host ${name} in this mesh`);
    return host;
  }

  /** Goes on to so many seconds after the start. */
  runTo(seconds: number): void {
    const end = BigInt(Math.round(seconds * 1e9));
    for (let turn = this.#turns[0]; turn !== undefined && turn.at <= end; turn = this.#turns[0]) {
      this.#turns.shift();
      this.truth.moveTo(turn.at);
      turn.act();
    }
    this.truth.moveTo(end);
  }

  #begin(host: MeshHost): void {
    const { reading_interval_s, report_interval_s, probe_interval_s } = this.#policy;
    const starts = this.#random.between(0, 1);
    this.#every(host, starts, reading_interval_s, () => host.look());
    this.#every(host, starts + report_interval_s, report_interval_s, () => this.#report(host));
    this.#assign(host, starts + 2 * report_interval_s);
    for (const [index, probe] of host.monitor.probes.entries()) {
      const server = new SimServer(host.spec.sources[index] as SimSource, this.#random, this.truth.startUtc);
      this.#at(host, starts + (index * probe_interval_s) / 8, () => this.#pollSource(host, probe, server));
    }
  }

  /** As a server would, once all have reported: and again, since what peers rest on is known only then. */
  #assign(host: MeshHost, at: number): void {
    const peers = () =>
      host.spec.peers.map((name): AssignedPeer => {
        const { id, address, restsOn } = this.host(name);
        return { id, name, kind: "agent", address, port: 12_300, rests_on: [...restsOn] };
      });
    const assign = () => host.monitor.meet(host.peers, () => host.peers.assign(peers(), { policy: this.#policy, calendar: NO_CALENDAR }));
    this.#at(host, at, () => {
      assign();
      for (const probe of host.peers.probes) {
        probe.resolved(probe.peer.address);
        this.#at(host, this.#random.between(0, this.#policy.probe_interval_s), () => this.#pollPeer(host, probe.peer.id), true);
      }
    });
    this.#every(host, at + 30, 30, assign);
  }

  #report(host: MeshHost): void {
    for (const batch of host.seal()) this.#onBatch(host, batch, this.truth.elapsed());
  }

  #pollSource(host: MeshHost, probe: SourceProbe, server: SimServer): void {
    const sent = this.truth.elapsed();
    const { bytes, outstanding } = probe.begin({ transmit: this.#random.nonce(), receive: this.#random.nonce() });
    const { era } = probe;
    const delivery = server.deliver(bytes, sent);
    const arrives = delivery?.arrives ?? sent + TIMEOUT_NS;
    this.#atInstant(arrives, () => {
      if (delivery === null || probe.era !== era || probe.consider(outstanding, delivery.bytes) === "drop")
        probe.finish(outstanding, { kind: "failed", reason: "timeout" });
      else {
        const [t1, t4] = [this.#stamp(host, sent), this.#stamp(host, arrives)];
        host.monitor.learned(probe.finish(outstanding, { kind: "reply", bytes: delivery.bytes, t1, t4, mode: "simulated" }));
      }
      host.look();
      host.monitor.recordIfDue();
    });
    this.#at(host, probe.pollSeconds, () => this.#pollSource(host, probe, server), true);
  }

  /** The request on its way, its answer, and the way back: three instants. */
  #pollPeer(host: MeshHost, id: string): void {
    const probe = host.peers.probes.find(({ peer }) => peer.id === id);
    if (probe === undefined) return;
    const sent = this.truth.elapsed();
    const before = host.clock.read();
    const { era } = probe;
    const { bytes, outstanding } = probe.begin({ transmit: this.#random.nonce(), receive: this.#random.nonce() });
    const asked = this.hosts.find((other) => other.id === id) as MeshHost;
    const receives = sent + this.#way();
    this.#atInstant(receives, () => {
      const stamp = asked.clock.realtimeAt(receives);
      const handles = receives + BigInt(Math.round(this.#random.between(10_000, 200_000)));
      this.#atInstant(handles, () => {
        const reply = asked.responder.answer(bytes, host.address, stamp);
        const arrives = handles + BigInt(Math.round(this.#random.between(500, 20_000))) + this.#way();
        if (reply === null || asked.clock.sleepsUntil(handles) !== null) return;
        this.#atInstant(arrives, () => {
          const isVoid = probe.era !== era || suspendBetween(before, host.clock.read()) > 0n;
          if (isVoid || probe.consider(outstanding, reply) === "drop") probe.finish(outstanding, { kind: "failed", reason: "timeout" });
          else {
            const [t1, t4] = [this.#stamp(host, sent), this.#stamp(host, arrives)];
            host.peers.learned(probe, probe.finish(outstanding, { kind: "reply", bytes: reply, t1, t4, mode: "simulated" }));
          }
          host.look();
        });
      });
    });
    this.#at(host, probe.pollSeconds, () => this.#pollPeer(host, id), true);
  }

  #way(): bigint {
    return BigInt(Math.round((this.#spec.pathMs + this.#random.exponential(this.#spec.jitterMs)) * MS));
  }

  #stamp(host: MeshHost, at: bigint): CarriedStamp {
    return { raw: raw(host.clock.rawAt(at) + BigInt(Math.round(this.#random.between(-59, 59)))), cap: STAMP_ERROR };
  }

  #every(host: MeshHost, first: number, seconds: number, act: () => void): void {
    this.#at(
      host,
      first,
      () => {
        act();
        this.#every(host, seconds, seconds, act);
      },
      this.truth.elapsed() > 0n,
    );
  }

  /** Something that a host does, seconds since the start, or from now: when it is awake. */
  #at(host: MeshHost, seconds: number, act: () => void, fromNow = false): void {
    const awake = () => {
      const wakes = host.clock.sleepsUntil(this.truth.elapsed());
      if (wakes === null) act();
      else this.#atInstant(wakes, awake);
    };
    this.#atInstant((fromNow ? this.truth.elapsed() : 0n) + BigInt(Math.round(seconds * 1e9)), awake);
  }

  #atInstant(at: bigint, act: () => void): void {
    let low = 0;
    let high = this.#turns.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((this.#turns[middle] as Turn).at <= at) low = middle + 1;
      else high = middle;
    }
    this.#turns.splice(low, 0, { at, act });
  }
}
