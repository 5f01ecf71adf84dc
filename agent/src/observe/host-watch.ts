import { absolute, type HostReading, stepBetween } from "@truebound/time";
import { AuditTrail } from "./audit-log.ts";
import { movedBy, type SeenStep, whoMoved } from "./clock-mover.ts";
import { clocksourceChanged } from "./clocksource.ts";
import type { AuditTail, HostWitness, Sighting } from "./ports.ts";
import { processPaused } from "./process-pause.ts";
import { FRESH_STEAL, type StealState, stealIsDue, stealShare, watchSteal } from "./steal.ts";
import { markerInWords, type VmMarker, vmDisrupted } from "./vmclock.ts";

const SMALLEST_STEP = 100_000n;
/** How long the audit trail is searched for who made a step: auditd may write late. */
const PATIENCE_NS = 15_000_000_000n;
const MOST_STEPS = 16;

/** Where audit records come from, or why they do not. */
type AuditSource = Exclude<AuditTail["kind"], "lines"> | "log" | "netlink";

/** Watches what the host's kernel tells beside its clocks, and turns it into sightings. Does no I/O of its own. */
export class HostWatch {
  readonly #witness: HostWitness;
  readonly #trail = new AuditTrail();
  #clocksource: string | null;
  #marker: VmMarker;
  #audit: AuditSource;
  #steal: StealState = FRESH_STEAL;
  #steps: SeenStep[] = [];
  #previous: HostReading | null = null;
  #lastTick: HostReading | null = null;

  constructor(witness: HostWitness) {
    this.#witness = witness;
    this.#clocksource = witness.clocksource();
    this.#marker = witness.vmMarker();
    this.#audit = this.#listen();
  }

  /** Which signals this host gives, for the record: a signal that is absent cannot warn. */
  get signals(): Readonly<Record<"clocksource" | "vm_marker" | "audit", string | null>> {
    return { clocksource: this.#clocksource, vm_marker: markerInWords(this.#marker), audit: this.#audit };
  }

  /** True when the host would tell that it was moved. */
  get hasMarker(): boolean {
    return this.#marker.kind === "marker";
  }

  /** The hypervisor's disruption marker as of the last look; null = this host has none, or it was never readable. */
  get disruption(): bigint | null {
    return this.#marker.kind === "marker" ? this.#marker.disruption : null;
  }

  /** Processor time that the hypervisor withheld over the last minute, parts per million; null = not known. */
  get stealPpm(): number | null {
    return stealShare(this.#steal);
  }

  /** What disrupts the ruler. Called right after each reading of the clocks: what changed later is not in that reading. */
  look(reading: HostReading): Sighting[] {
    const [clocksource, marker] = [this.#witness.clocksource(), this.#witness.vmMarker()];
    const seen = [clocksourceChanged(this.#clocksource, clocksource), vmDisrupted(this.#marker, marker)];
    this.#clocksource = clocksource ?? this.#clocksource;
    // A marker that cannot be read for a moment is compared with the last one that could.
    if (marker.kind === "marker" || this.#marker.kind !== "marker") this.#marker = marker;
    this.#rememberStep(reading);
    // The first look stands for a tick: the loop begins with it.
    this.#lastTick ??= reading;
    return seen.filter((sighting) => sighting !== null);
  }

  /** What can wait for the next turn of the reading loop, whose turns are to be `interval` ns apart. */
  tick(reading: HostReading, interval: bigint): Sighting[] {
    const paused = this.#lastTick && processPaused(this.#lastTick, reading, interval);
    this.#lastTick = reading;
    return [paused, this.#watchSteal(reading), ...this.#nameMovers(reading)].filter((sighting) => sighting !== null);
  }

  close(): void {
    this.#witness.close();
  }

  #rememberStep(after: HostReading): void {
    const before = this.#previous;
    this.#previous = after;
    const by = before === null ? 0n : stepBetween(before, after);
    if (before !== null && absolute(by) > SMALLEST_STEP && this.#steps.length < MOST_STEPS) this.#steps.push({ by, before, after });
  }

  #watchSteal({ rawAfter }: HostReading): Sighting | null {
    if (!stealIsDue(this.#steal, rawAfter)) return null;
    const times = this.#witness.cpuTimes();
    if (times === null) return null;
    const { state, sighting } = watchSteal(this.#steal, { at: rawAfter, ...times });
    this.#steal = state;
    return sighting;
  }

  #listen(): AuditSource {
    const tail = this.#witness.auditTail();
    if (tail.kind !== "lines") return tail.kind;
    this.#trail.take(tail.lines);
    return tail.from;
  }

  /** Only calls that were already known at the tick before: by now all records of theirs have come. */
  #nameMovers({ rawAfter }: HostReading): Sighting[] {
    const known = new Set(this.#trail.changes.map(({ event }) => event));
    this.#audit = this.#listen();
    const found: Sighting[] = [];
    this.#steps = this.#steps.filter((step) => {
      const change = whoMoved(
        step,
        this.#trail.changes.filter(({ event }) => known.has(event)),
      );
      if (change === null) return rawAfter - step.after.rawAfter < PATIENCE_NS;
      this.#trail.spend(change.event);
      found.push(movedBy(step, change));
      return false;
    });
    return found;
  }
}
