import type { BatchMesh, MeshRule } from "@truebound/wire";
import type { Log } from "../log/log-line.ts";
import type { Endpoint } from "../probe/ports.ts";
import { addressKey } from "./address-key.ts";
import { CannotListen } from "./cannot-listen.ts";
import { type OwnFacts, stateAt } from "./own-state.ts";
import { everywhere, isWildcard, type PeerSettings, sayEndpoint } from "./peer-settings.ts";
import type { OpenResponder, ResponderCounts, ToOpen } from "./ports.ts";
import type { Ruler } from "./ruler-teller.ts";

export interface KeeperParts {
  readonly settings: PeerSettings;
  /** Throws an error that says why it cannot. */
  readonly open: (asked: ToOpen) => OpenResponder;
  /** What this host knows of its clock by its own sources; null = nothing yet. */
  readonly own: () => OwnFacts | null;
  readonly ruler: Ruler;
  readonly log: Log;
}

export type Requests = BatchMesh["requests"];

const NO_REQUESTS: Requests = { answered: 0, stranger: 0, not_a_request: 0, over_limit: 0, unsent: 0 };
const FIRST_PAUSE_MS = 1_000;
const LONGEST_PAUSE_MS = 300_000;
/** As much as a batch can say. */
const LONGEST_TROUBLE = 400;
const OFF = "This host answers no peers: TRUEBOUND_PEERS=off";

/**
 * Keeps the responder as the policy wants it: none without a mesh, one at the port of the rule. What keeps it from listening is
 * told, and tried again after a pause that grows; nothing here ends the agent.
 */
export class ResponderKeeper {
  readonly #parts: KeeperParts;
  #askers: readonly string[] = [];
  #keys: ReadonlySet<string> = new Set();
  #running: { readonly responder: OpenResponder; readonly listen: Endpoint; readonly wanted: string } | null = null;
  /** Of responders that are closed. */
  #former = NO_REQUESTS;
  /** By what was wanted of them. */
  readonly #closing = new Map<string, Promise<void>>();
  #trouble: string | null = null;
  #failed: { readonly wanted: string; readonly again: number; readonly pause: number } | null = null;

  constructor(parts: KeeperParts) {
    this.#parts = parts;
  }

  /**
   * To be called whenever the clock is read, and when policy or assignment changed; it does nothing where all is as it should be.
   * @param now ms of a monotonic clock.
   */
  tend(rule: MeshRule | null, askers: readonly string[], now: number): void {
    this.#admit(askers);
    const { off, listen } = this.#parts.settings;
    if (rule === null || off) {
      this.#stop();
      this.#trouble = rule === null ? null : OFF;
      return;
    }
    const wanted = listen ?? everywhere(rule);
    if (this.#running?.wanted === sayEndpoint(wanted)) return;
    this.#stop();
    this.#start(wanted, now);
  }

  #admit(askers: readonly string[]): void {
    if (askers === this.#askers) return;
    this.#askers = askers;
    this.#keys = new Set(askers.map(addressKey));
  }

  /** Where peers find it, as a batch says it; null = it does not answer. */
  get answers(): BatchMesh["answers"] {
    if (this.#running === null) return null;
    const { responder, listen } = this.#running;
    const { address } = this.#parts.settings;
    if (address !== null) return { address: address.address, port: address.port ?? responder.port };
    return { address: isWildcard(listen.address) ? null : listen.address, port: responder.port };
  }

  /** Why it does not answer; null = it does, or is in no mesh. */
  get trouble(): string | null {
    return this.#trouble;
  }

  /** Since the agent's start. */
  get requests(): Requests {
    return this.#running === null ? this.#former : sum(this.#former, this.#running.responder.counts());
  }

  async close(): Promise<void> {
    this.#stop();
    await Promise.all(this.#closing.values());
  }

  #start(wanted: Endpoint, now: number): void {
    const name = sayEndpoint(wanted);
    const before = this.#failed?.wanted === name ? this.#failed : null;
    if (before !== null && now < before.again) return;
    if (this.#closing.has(name)) {
      this.#trouble = `Answers no peers on ${name} until the responder of before is closed`;
      return;
    }
    try {
      this.#running = { ...this.#open(wanted), wanted: name };
    } catch (error) {
      const pause = before === null ? FIRST_PAUSE_MS : Math.min(before.pause * 2, LONGEST_PAUSE_MS);
      this.#failed = { wanted: name, again: now + pause, pause };
      this.#say((error as Error).message);
      return;
    }
    [this.#failed, this.#trouble] = [null, null];
    this.#parts.log("info", `answers peers on ${sayEndpoint({ ...this.#running.listen, port: this.#running.responder.port })}`);
  }

  /** Every address of either kind is every IPv4 one where there is no IPv6. */
  #open(listen: Endpoint): { responder: OpenResponder; listen: Endpoint } {
    const { open, own, ruler } = this.#parts;
    const rest = {
      isPeer: (key: string) => this.#keys.has(key),
      state: (...seen: Parameters<ToOpen["state"]>) => stateAt(own(), ...seen),
      ruler,
    };
    try {
      return { responder: open({ listen, ...rest }), listen };
    } catch (error) {
      if (listen.address !== "::" || !(error instanceof CannotListen) || !error.isWithoutNetwork) throw error;
      const four = { address: "0.0.0.0", port: listen.port };
      return { responder: open({ listen: four, ...rest }), listen: four };
    }
  }

  #stop(): void {
    if (this.#running === null) return;
    const { responder, wanted } = this.#running;
    this.#running = null;
    const closed = responder.close();
    // It answers nobody from here on.
    this.#former = sum(this.#former, responder.counts());
    this.#closing.set(
      wanted,
      closed.then(() => void this.#closing.delete(wanted)),
    );
    this.#parts.log("info", `answers peers on ${wanted} no more`);
  }

  #say(why: string): void {
    const trouble = why.replace(/\p{Cc}+/gu, " ").slice(0, LONGEST_TROUBLE);
    if (trouble !== this.#trouble) this.#parts.log("warn", trouble);
    this.#trouble = trouble;
  }
}

const sum = (a: Requests, { answered, silent, unsent }: ResponderCounts): Requests => ({
  answered: a.answered + answered,
  stranger: a.stranger + silent.stranger,
  not_a_request: a.not_a_request + silent.not_a_request,
  over_limit: a.over_limit + silent.over_limit,
  unsent: a.unsent + unsent,
});
