import type { LeapCalendar } from "@truebound/time";
import { Assignment, type BatchMesh, type MeshRule, type Policy, validator } from "@truebound/wire";
import type { BoundRow } from "../bound/bound-row.ts";
import type { Finding } from "../bound/findings.ts";
import type { HostMonitor } from "../bound/host-monitor.ts";
import type { Log } from "../log/log-line.ts";
import type { Instruments } from "../probe/poll.ts";
import { Rounds } from "../probe/rounds.ts";
import type { Source } from "../probe/source.ts";
import type { Timers } from "../timers.ts";
import { meshBlock } from "./mesh-block.ts";
import type { PeerProbe } from "./peer-probe.ts";
import { type PeerParts, PeerSet } from "./peer-set.ts";

/** Whoever answers peers for this host. */
export interface Answering {
  /** Answers by this rule from now on, to these addresses and to nobody else; null = to nobody at all. Said again with each report. */
  answer(rule: MeshRule | null, askers: readonly string[]): void;
  readonly standing: Pick<BatchMesh, "answers" | "trouble" | "requests">;
}

export interface MeshParts {
  /** The name of this host's ruler after so many disruptions: another one in each boot. */
  readonly rulerId: (disruptions: number) => number;
  /** False = it measures nobody, and says why it does not answer. */
  readonly asks: boolean;
  readonly answering: Answering;
}

export interface NeighbourPorts extends PeerParts {
  readonly monitor: HostMonitor;
  readonly instruments: Instruments;
  readonly timers: Timers;
  readonly resolve: (source: Source) => Promise<string | null>;
  readonly note: (kind: Finding["kind"], detail: Finding["detail"]) => void;
  /** After an exchange with a peer: the monitor may know more. */
  readonly exchanged: () => void;
  readonly random: () => number;
  /** Absent = it takes no part. */
  readonly mesh?: MeshParts;
  readonly log: Log;
}

const isAssignment = validator(Assignment);
/** This host's part in the mesh: whom the policy and the server let it measure, and who may measure it. */
export class Neighbours {
  readonly #ports: NeighbourPorts;
  readonly #peers: PeerSet;
  readonly #rounds: Rounds<PeerProbe>;
  #rule: MeshRule | null = null;
  #assignment: Assignment | null = null;
  #refused: string | null = null;

  constructor(ports: NeighbourPorts) {
    this.#ports = ports;
    this.#peers = new PeerSet(ports);
    this.#rounds = new Rounds<PeerProbe>({
      ...ports,
      probes: () => this.#peers.probes,
      learned: (probe, evidence) => this.#peers.learned(probe, evidence),
      exchanged: (gaveEvidence) => gaveEvidence && this.#peers.isHeard && ports.exchanged(),
      note: (kind, { peer }, detail) => ports.note(kind, { peer: peer.name, ...detail }),
    });
    ports.monitor.meet(this.#peers);
  }

  /** The policy, or what it is acted on by, may be another one. */
  follow(policy: Policy, calendar: LeapCalendar): void {
    const rule = this.#ports.mesh === undefined ? null : (policy.mesh ?? null);
    const isNew = JSON.stringify(rule) !== JSON.stringify(this.#rule);
    this.#rule = rule;
    if (rule === null) this.#assignment = null;
    this.#ports.monitor.meet(this.#peers, () => this.#peers.assign(this.#assignment?.peers ?? [], { policy, calendar }));
    if (!isNew) return;
    this.#answer();
    this.#rounds.begin();
  }

  /** Whom the server has drawn. One that does not validate is refused, and the last good one stays. */
  offer(given: unknown, policy: Policy, calendar: LeapCalendar): void {
    if (this.#rule === null || this.#ports.mesh?.asks !== true) return;
    if (!isAssignment.accepts(given)) return this.#refuse(given);
    if (given.version === this.#assignment?.version) return;
    this.#assignment = given;
    this.#ports.monitor.meet(this.#peers, () => this.#peers.assign(given.peers, { policy, calendar }));
    this.#ports.log("info", `measuring ${given.peers.length} peers; ${given.askers.length} addresses may ask`);
    this.#answer();
    this.#rounds.begin();
  }

  /** What goes into a report whose last row this is; undefined = the policy puts this host into no mesh. What was seen since the last goes with the newest part. */
  report(row: BoundRow, isNewest: boolean): BatchMesh | undefined {
    const { monitor, mesh } = this.#ports;
    if (this.#rule === null || mesh === undefined) return undefined;
    // What kept it from listening may be gone.
    this.#answer();
    return meshBlock({
      assignment: this.#assignment?.version ?? null,
      ruler: mesh.rulerId(row.disruptions),
      standing: mesh.answering.standing,
      row,
      own: row.own.guaranteed && monitor.offsetOf(row.reading, row.own.guaranteed),
      probes: monitor.probes,
      peers: this.#peers.probes,
      edges: isNewest ? this.#peers.drainEdges() : [],
      evidence: isNewest ? this.#peers.drainEvidence() : [],
    });
  }

  #answer(): void {
    this.#ports.mesh?.answering.answer(this.#rule, this.#assignment?.askers ?? []);
  }

  #refuse(given: unknown): void {
    const [error] = isAssignment.errors(given);
    const why = `${error?.pointer || "/"}: ${error?.detail ?? "not an assignment"}`;
    if (this.#refused === why) return;
    this.#refused = why;
    this.#ports.log("warn", `cannot measure the peers that the server names: ${why}; the last good assignment stays in force`);
    this.#ports.note("policy_refused", { why: `assignment of peers: ${why}`.slice(0, 400) });
  }
}
