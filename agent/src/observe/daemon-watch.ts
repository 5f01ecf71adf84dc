import { type BatchEvent, DAEMON_FINDINGS, type DaemonFinding } from "@truebound/wire";
import { type DaemonFacts, type DaemonMemory, NOTHING_KNOWN, remember } from "./daemon-facts.ts";
import { type Episode, follow, type Patience, QUIET } from "./finding-episode.ts";
import { type Judged, judgeDaemon } from "./judge-daemon.ts";

/**
 * A bound that is proved needs no more than a second look, so that an answer which crossed a step does not count. A daemon that is
 * restarted, or a source that is, is back within two minutes.
 */
const PATIENCE: Readonly<Record<DaemonFinding, Patience>> = {
  daemon_bound_violated: { begin: 2, end: 4 },
  daemon_dead: { begin: 4, end: 2 },
  daemon_in_minority_camp: { begin: 4, end: 4 },
  unsynchronised_source_in_use: { begin: 4, end: 4 },
};

export interface DaemonEvent {
  readonly kind: BatchEvent["kind"];
  readonly detail: BatchEvent["detail"];
}

/** Holds what the host's daemon says against what is measured, look after look. Pure but for what it keeps. */
export class DaemonWatch {
  #memory: DaemonMemory = NOTHING_KNOWN;
  readonly #episodes = new Map<DaemonFinding, Episode>();
  readonly #latest = new Map<DaemonFinding, Judged["truth"]>();

  /** Findings that go on. */
  get findings(): DaemonFinding[] {
    return DAEMON_FINDINGS.filter((finding) => (this.#episodes.get(finding)?.since ?? null) !== null);
  }

  /** Findings of which the latest look could not say whether they hold, and that do not go on. */
  get unjudged(): DaemonFinding[] {
    return DAEMON_FINDINGS.filter((finding) => !this.findings.includes(finding) && (this.#latest.get(finding) ?? "unknown") === "unknown");
  }

  /** What begins and ends with this look. */
  look(facts: DaemonFacts): DaemonEvent[] {
    const judged = judgeDaemon(facts, this.#memory);
    this.#memory = remember(this.#memory, facts);
    return DAEMON_FINDINGS.flatMap((finding) => this.#follow(finding, judged[finding], facts.at));
  }

  #follow(finding: DaemonFinding, judged: Judged, at: bigint): DaemonEvent[] {
    const [episode, turn] = follow(this.#episodes.get(finding) ?? QUIET, judged, at, PATIENCE[finding]);
    this.#episodes.set(finding, episode);
    this.#latest.set(finding, judged.truth);
    if (turn === null) return [];
    if (turn.kind === "begins") return [{ kind: finding, detail: judged.detail }];
    return [{ kind: "daemon_finding_over", detail: { finding, why: turn.why, for_ns: turn.for_ns.toString() } }];
  }
}
