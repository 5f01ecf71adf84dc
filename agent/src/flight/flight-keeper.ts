import { groupDependent, type HostReading } from "@truebound/time";
import type { Flight } from "@truebound/wire";
import type { AgentParts } from "../agent-parts.ts";
import type { HostMonitor } from "../bound/host-monitor.ts";
import type { SourceProbe } from "../probe/source-probe.ts";
import type { Evidence } from "../probe/source-window.ts";
import type { Sender } from "../report/build-batch.ts";
import type { WrittenFlight } from "../report/flight-sender.ts";
import type { Timers } from "../timers.ts";
import { FlightRecorder } from "./flight-recorder.ts";
import { Flights } from "./flights.ts";

export interface FlightKeeperPorts {
  /** The host as reports tell of it. */
  readonly told: () => HostMonitor;
  /** Sources that the policy trusts, by id or host. */
  readonly trusted: () => readonly string[];
  /** Null before the enrolment. */
  readonly sender: () => Sender | null;
  readonly observe: () => HostReading;
  readonly timers: Timers;
  readonly routes?: AgentParts["routes"];
}

const ROUTES_EVERY_MS = 60_000;

/** The flight recorder of a host, and what is asked of it: the latest minutes are kept whether or not anybody will want to know, and written down for incidents. */
export class FlightKeeper {
  readonly recorder = new FlightRecorder();
  readonly #ports: FlightKeeperPorts;
  readonly #flights: Flights;
  #send: ((flight: WrittenFlight) => void) | null = null;

  constructor(ports: FlightKeeperPorts) {
    this.#ports = ports;
    this.#flights = new Flights({ timers: ports.timers, write: (incident) => this.#write(incident) });
  }

  /** From now on what is written has somewhere to go. */
  sendTo(send: (flight: WrittenFlight) => void): void {
    this.#send = send;
  }

  /** The incident of a receipt; null = none. */
  offer(incident: string | null): void {
    this.#flights.offer(incident);
  }

  /** The agent stops: what there is by now has to do. */
  end(): void {
    this.#flights.end();
  }

  /** What is shown of an exchange with a source. */
  exchanged(probe: SourceProbe, evidence: readonly Evidence[]): void {
    this.recorder.evidence(evidence);
    if (evidence.length > 0) return;
    const { reason = "timeout", exchange = { t1: null, t2: null, t3: null, t4: null } } = probe.lastRefusal ?? {};
    this.recorder.refused(probe.source.id, reason, exchange);
  }

  /** From now on how each source is reached is recorded too, once a minute. */
  watchRoutes(): void {
    const { routes, told, timers } = this.#ports;
    if (routes === undefined) return;
    const routeTo = routes();
    for (const { source, address } of told().probes) if (address !== null) this.recorder.route(source.id, routeTo(address));
    timers.later(ROUTES_EVERY_MS, () => this.watchRoutes());
  }

  #write(incident: string): void {
    const sender = this.#ports.sender();
    if (sender === null || this.#send === null) return;
    const now = this.#ports.observe().rawAfter;
    const { probes, assumptions } = this.#ports.told();
    const { agent, bootId, software } = sender;
    const sources = this.#sources(probes, now);
    this.#send({ recorded: this.recorder.recorded, head: { agent, incident, boot_id: bootId, software, assumptions, sources } });
  }

  #sources(probes: readonly SourceProbe[], now: HostReading["rawAfter"]): Flight["sources"] {
    const votes = groupDependent(probes.map(({ identity }) => identity));
    const trusted = this.#ports.trusted();
    return probes.map((probe) => {
      const { source, address, timescale } = probe;
      const [vote = source.id] = votes.find((members) => members.includes(source.id)) ?? [];
      const counts = probe.counts ? {} : { counts: false };
      const isTrusted = trusted.includes(source.id) || trusted.includes(source.host);
      return { id: source.id, address, timescale, trusted: isTrusted, vote, poll_ns: probe.facts(now).poll.toString(), ...counts };
    });
  }
}
