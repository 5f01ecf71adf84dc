import type { HostReading, LeapCalendar } from "@truebound/time";
import type { Rehearsal } from "@truebound/wire";
import type { Finding } from "../bound/findings.ts";
import type { HostMonitor } from "../bound/host-monitor.ts";
import type { Observation } from "../bound/observations.ts";
import type { Sighting } from "../observe/ports.ts";
import type { SourceProbe } from "../probe/source-probe.ts";
import type { Evidence } from "../probe/source-window.ts";
import type { RehearsedHost } from "./rehearsed-host.ts";

/** The host as reports tell of it: as it is, or as a rehearsal shows it. Whatever is seen goes to both. */
export class ToldHost {
  readonly #real: HostMonitor;
  readonly #rehearsed: () => RehearsedHost | null;

  constructor(real: HostMonitor, rehearsed: () => RehearsedHost | null) {
    this.#real = real;
    this.#rehearsed = rehearsed;
  }

  get monitor(): HostMonitor {
    return this.#rehearsed()?.monitor ?? this.#real;
  }

  /** Null = it is told as it is. */
  get rehearsal(): Rehearsal | null {
    return this.#rehearsed()?.rehearsal ?? null;
  }

  /** All that is to be kept in step. */
  get monitors(): Iterable<HostMonitor> {
    return new Set([this.#real, this.monitor]);
  }

  observe(reading: HostReading): void {
    this.#real.observe(reading);
    this.#rehearsed()?.observe(reading);
  }

  heed(sighting: Sighting, reading: HostReading): void {
    this.#real.heed(sighting, reading);
    this.#rehearsed()?.heed(sighting, reading);
  }

  /** What an exchange with a source gave. Returns what of it is shown. */
  learned(probe: SourceProbe, evidence: readonly Evidence[]): readonly Evidence[] {
    this.#real.learned(evidence);
    return this.#rehearsed()?.learned(probe, evidence) ?? evidence;
  }

  learnLeaps(calendar: LeapCalendar): void {
    for (const monitor of this.monitors) monitor.learnLeaps(calendar);
  }

  breakContinuity(): void {
    for (const monitor of this.monitors) monitor.breakContinuity();
  }

  /** Something that happened, for the record. */
  note(finding: Finding): void {
    const rehearsed = this.#rehearsed();
    if (rehearsed === null) this.#real.note(finding);
    else rehearsed.monitor.note({ ...finding, reading: rehearsed.show(finding.reading) });
  }

  /** Hands over what goes into a report. What was seen of the host as it is meanwhile goes into none. */
  drain(): Observation[] {
    const seen = this.monitor.drain();
    const rehearsed = this.#rehearsed();
    if (rehearsed === null) return seen;
    rehearsed.reports += seen.length;
    this.#real.drain();
    return seen;
  }
}
