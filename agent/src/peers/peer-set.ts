import { DEFAULT_CLIENT } from "@truebound/ntp";
import { DEFAULT_WINDOW, type Drift, type HostReading, type LeapCalendar, ppb, type SourceFacts, uncalibrated } from "@truebound/time";
import type { AssignedPeer, Policy } from "@truebound/wire";
import type { AgentParts } from "../agent-parts.ts";
import { rulerRho } from "../bound/drift-rules.ts";
import type { Evidence } from "../probe/source-window.ts";
import type { Edge } from "./edge-window.ts";
import { PeerProbe } from "./peer-probe.ts";

export type PeerParts = Pick<AgentParts, "instruments" | "interleave" | "refidOf">;

/** What peers tell is laid out under these. */
export interface PeerRules {
  readonly policy: Pick<Policy, "rho_ppb" | "sigma_ppb" | "probe_interval_s">;
  readonly calendar: LeapCalendar;
}

/** An edge, and whom it is to. */
export interface SeenEdge extends Edge {
  readonly peer: string;
}

/** What a peer answered as a source does, and who. */
export interface PeerEvidence extends Evidence {
  readonly source: string;
}

/** As much as a batch holds beside all else. */
const MOST_EVIDENCE = 2_000;

/** The peers that the server has drawn for this host, and what they have told. */
export class PeerSet {
  readonly #parts: PeerParts;
  #probes: readonly PeerProbe[] = [];
  #evidence: PeerEvidence[] = [];
  /** Of those without a vote: it becomes part of the record with the first vote that rests on it. */
  readonly #held = new Map<string, PeerEvidence[]>();
  #heard: ReadonlySet<string> = new Set();

  constructor(parts: PeerParts) {
    this.#parts = parts;
  }

  get probes(): readonly PeerProbe[] {
    return this.#probes;
  }

  /** How many may have a vote: targets never have. */
  get count(): number {
    return this.#probes.filter(({ peer }) => peer.kind === "agent").length;
  }

  /** Others to measure; those that stay what and where they were keep what they told. */
  assign(peers: readonly AssignedPeer[], rules: PeerRules): void {
    this.#probes = peers.map((peer) => this.#kept(peer) ?? this.#made(peer, rules));
    const isGone = (id: string): boolean => !peers.some((peer) => peer.id === id);
    for (const id of this.#held.keys()) if (isGone(id)) this.#held.delete(id);
    // Where no peer may have a vote they are asked for nothing, and so would never be found to be gone.
    this.#heard = new Set([...this.#heard].filter((id) => !isGone(id)));
    this.retune(rules);
  }

  /** Another pace, sigma or leap list. */
  retune({ policy, calendar }: PeerRules): void {
    for (const { probe } of this.#probes) {
      probe.retune(policy.probe_interval_s, false, ppb(BigInt(policy.sigma_ppb)));
      probe.relearn("utc", calendar);
    }
  }

  /**
   * What they say at a reading, under what is assumed of this host's oscillator now: those that rest on something that is not heard
   * here, as few of a fleet do. The others are not asked to work it out.
   */
  facts({ rawAfter }: Pick<HostReading, "rawAfter">, drift: Drift, heard: ReadonlySet<string>): SourceFacts[] {
    const voting = this.#probes.filter(({ peer }) => peer.rests_on.length > 0 && !peer.rests_on.some((identity) => heard.has(identity)));
    for (const { probe } of voting) if (!sameDrift(probe.drift, drift)) probe.assume(drift);
    this.#hear(voting);
    return voting.flatMap((one) => one.facts(rawAfter) ?? []);
  }

  /** Whether any of them may have had a vote at the last reading. */
  get isHeard(): boolean {
    return this.#heard.size > 0;
  }

  /** What a peer with a vote answered goes into the record. */
  learned({ peer: { id, kind } }: PeerProbe, evidence: readonly Evidence[]): void {
    if (kind === "target") return;
    if (this.#heard.has(id)) this.#evidence = [...this.#evidence, ...evidence].slice(-MOST_EVIDENCE);
    else this.#held.set(id, [...(this.#held.get(id) ?? []), ...evidence].slice(-DEFAULT_WINDOW.samples));
  }

  #hear(voting: readonly PeerProbe[]): void {
    this.#heard = new Set(voting.map(({ peer }) => peer.id));
    for (const id of this.#heard) {
      this.#evidence.push(...(this.#held.get(id) ?? []));
      this.#held.delete(id);
    }
  }

  drainEvidence(): PeerEvidence[] {
    const seen = this.#evidence;
    this.#evidence = [];
    return seen;
  }

  drainEdges(): SeenEdge[] {
    const seen = this.#probes.flatMap((one) => one.drainEdges().map((edge) => ({ ...edge, peer: one.peer.id })));
    return seen;
  }

  /** This host's ruler became another one: nothing that was measured on it counts. */
  forget(): void {
    for (const one of this.#probes) one.forget();
    this.#evidence = [];
    this.#held.clear();
  }

  #kept(peer: AssignedPeer): PeerProbe | null {
    const known = this.#probes.find((one) => isSame(one.peer, peer));
    if (known !== undefined) known.peer = peer;
    return known ?? null;
  }

  #made(peer: AssignedPeer, { policy, calendar }: PeerRules): PeerProbe {
    const { instruments, interleave, refidOf } = this.#parts;
    const { precision, uncertainty } = instruments.transport;
    return new PeerProbe(peer, {
      drift: uncalibrated(rulerRho(policy, instruments.clocks.ruler)),
      sigma: ppb(BigInt(policy.sigma_ppb)),
      client: { ...DEFAULT_CLIENT, interleave },
      quality: { precision, uncertainty, rootsRoundedUp: false },
      pollSeconds: policy.probe_interval_s,
      refidOf,
      calendar,
    });
  }
}

/** What it is called and what it rests on may change: it is the same clock. */
const isSame = (one: AssignedPeer, other: AssignedPeer): boolean =>
  one.id === other.id && one.kind === other.kind && one.address === other.address && one.port === other.port;

const sameDrift = (one: Drift, other: Drift): boolean => one.rho === other.rho && one.centre === other.centre;
