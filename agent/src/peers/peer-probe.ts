import { askForRuler, decode, type Nonces, type Outstanding, type Packet, readRuler, toUtc } from "@truebound/ntp";
import { CHRONY_MAX_SLEW, fastest, log2Seconds, type PartsPerBillion, ppb, type SourceFacts } from "@truebound/time";
import type { AssignedPeer } from "@truebound/wire";
import type { Delivery } from "../probe/ports.ts";
import { makeSource } from "../probe/source.ts";
import { SourceProbe } from "../probe/source-probe.ts";
import type { ProbeOptions } from "../probe/source-terms.ts";
import type { Evidence } from "../probe/source-window.ts";
import { type Edge, EdgeWindow, type PeerStamps } from "./edge-window.ts";

/** Between two reports, of one peer: an older edge says no more than the newer ones. A batch holds that many of all peers. */
const MOST_KEPT = 64;

export type PeerProbeOptions = Omit<ProbeOptions, "source" | "trusted" | "timescale">;

/**
 * A peer: asked as a source is, for what it says of UTC, and at once for its ruler, for what no clock in doubt has a part in. A
 * target is asked for its clock alone.
 */
export class PeerProbe {
  /** What it is called and what it rests on may change. */
  peer: AssignedPeer;
  readonly probe: SourceProbe;
  readonly #edges: EdgeWindow;
  #seen: Edge[] = [];
  #latest: Edge | null = null;

  constructor(peer: AssignedPeer, options: PeerProbeOptions) {
    const isAgent = peer.kind === "agent";
    const { drift, sigma, client } = options;
    this.peer = peer;
    this.probe = new SourceProbe({
      ...options,
      source: { ...makeSource(peer.address, peer.port, "declared"), id: peer.id, rootsRoundedUp: isAgent },
      // Of a target only what it received and sent in this very exchange is of use.
      client: isAgent ? client : { ...client, interleave: false },
      quality: { ...options.quality, rootsRoundedUp: isAgent },
      trusted: false,
      // Whatever its clock keeps to, what it says of its distance to UTC is so.
      timescale: "utc",
    });
    this.#edges = new EdgeWindow({
      drift: isAgent ? bothRulers(fastest(drift)) : ppb(fastest(drift) + CHRONY_MAX_SLEW),
      sigma: ppb(2n * sigma),
      uncertainty: options.quality.uncertainty + log2Seconds(options.quality.precision),
    });
  }

  get source(): SourceProbe["source"] {
    return this.probe.source;
  }

  get address(): string | null {
    return this.probe.address;
  }

  get era(): number {
    return this.probe.era;
  }

  get polls(): number {
    return this.probe.polls;
  }

  get pollSeconds(): number {
    return this.probe.pollSeconds;
  }

  get soonestSeconds(): number {
    return this.probe.soonestSeconds;
  }

  get stopped(): boolean {
    return this.probe.stopped;
  }

  get needsResolving(): boolean {
    return this.probe.needsResolving;
  }

  get troubles(): SourceProbe["troubles"] {
    return this.probe.troubles;
  }

  resolved(address: string): void {
    if (address !== this.address) this.#edges.clear();
    this.probe.resolved(address);
  }

  begin(nonces: Nonces): { bytes: Uint8Array; outstanding: Outstanding } {
    const { bytes, outstanding } = this.probe.begin(nonces);
    return { bytes: this.peer.kind === "agent" ? askForRuler(bytes) : bytes, outstanding };
  }

  consider(outstanding: Outstanding, bytes: Uint8Array): "take" | "drop" {
    return this.probe.consider(outstanding, bytes);
  }

  /** Only what showed our nonce is ever delivered: whoever does not say that his clock is right still tells it. */
  finish(outstanding: Outstanding, delivery: Delivery): Evidence[] {
    const stamps = delivery.kind === "reply" ? this.#stampsOf(delivery) : null;
    const edge = stamps && this.#edges.take(stamps);
    if (edge !== null) {
      this.#latest = edge;
      this.#seen.push(edge);
      if (this.#seen.length > MOST_KEPT) this.#seen.shift();
    }
    return this.probe.finish(outstanding, delivery);
  }

  /** Of a host that rests on nothing, or of a target: it has no vote, and none is heard. */
  facts(now: Parameters<SourceProbe["facts"]>[0]): SourceFacts | null {
    return this.peer.kind === "target" ? null : { ...this.probe.facts(now), restsOn: this.peer.rests_on };
  }

  /** What was seen since the last call. */
  drainEdges(): Edge[] {
    const seen = this.#seen;
    this.#seen = [];
    return seen;
  }

  get latestEdge(): Edge | null {
    return this.#latest;
  }

  /** This host's ruler became another one. */
  forget(): void {
    this.probe.forget();
    this.#edges.clear();
    this.#seen = [];
    this.#latest = null;
  }

  /** By the kernel's stamps: an edge may accuse a host, and a card that errs is found out only by what it proves beside them. */
  #stampsOf({ bytes, kernel, ...own }: Extract<Delivery, { kind: "reply" }>): PeerStamps | null {
    const { t1, t4 } = kernel ?? own;
    const packet = decode(bytes);
    if (typeof packet === "string" || packet.stratum === 0 || packet.receive === 0n) return null;
    if (this.peer.kind === "target") return targetStamps(packet, { t1, t4 });
    const reading = readRuler(bytes);
    // What it read before the send needs no carrying, and does not err.
    return reading && { t1, t4, ...reading, sent: reading.receive + reading.hold, sentError: 0n };
  }
}

/** Its ruler and ours may stray against each other. The policy may allow it more than us: no ruler may stray by more than 1 ‰. */
const bothRulers = (own: PartsPerBillion): PartsPerBillion => ppb(own + 1_000_000n);

/** NTP stamps are cut to 2⁻³² s, and a server may fill their low bits at random. */
function targetStamps(packet: Packet, { t1, t4 }: Pick<PeerStamps, "t1" | "t4">): PeerStamps | null {
  const [receive, transmit] = [toUtc(packet.receive), toUtc(packet.transmit)];
  if (packet.transmit === 0n || transmit < receive) return null;
  const error = log2Seconds(packet.precision) + 1n;
  return { t1, t4, ruler: null, receive, error, sent: transmit, sentError: error };
}
