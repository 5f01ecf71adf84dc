import type { HostReading } from "@truebound/time";
import { Rehearsal, validator } from "@truebound/wire";
import type { Finding } from "../bound/findings.ts";
import type { HostMonitor } from "../bound/host-monitor.ts";
import type { Log } from "../log/log-line.ts";
import type { Timers } from "../timers.ts";
import { RehearsedHost, type RehearsedParts } from "./rehearsed-host.ts";

export interface RehearsalPorts {
  /** By this host's own configuration. */
  readonly isAllowed: boolean;
  readonly real: HostMonitor;
  readonly host: () => Omit<RehearsedParts, "rehearsal" | "real" | "reading">;
  readonly observe: () => HostReading;
  /** Reports all that was seen so far, as what it was seen under. */
  readonly report: () => void;
  readonly note: (kind: Finding["kind"], detail: Finding["detail"]) => void;
  readonly timers: Timers;
  readonly log: Log;
}

const isRehearsal = validator(Rehearsal);

/** Declared faults that the server asks for: one at a time, only where this host allows it, and over by themselves. */
export class Rehearsals {
  readonly #ports: RehearsalPorts;
  #current: RehearsedHost | null = null;
  /** The latest that was taken or refused: it is asked again until a report says so. */
  #answered: string | null = null;

  constructor(ports: RehearsalPorts) {
    this.#ports = ports;
  }

  /** Null = the host is shown as it is. */
  get current(): RehearsedHost | null {
    return this.#current;
  }

  /** Reports are kept, and nothing is said to the server. */
  get isSilent(): boolean {
    return this.#current?.rehearsal.fault === "silent";
  }

  /** What a receipt asks for; null = nothing. */
  offer(given: unknown): void {
    if (given === null) return;
    const { id } = given as { readonly id?: unknown };
    const name = typeof id === "string" ? id : JSON.stringify(given);
    if (name === this.#answered) return;
    this.#answered = name;
    const why = this.#objection(given);
    if (why === null) this.#begin(this.#named(given as Rehearsal));
    else this.#refuse(given, why);
  }

  /** Before its time where the agent stops. */
  end(): void {
    const ended = this.#current;
    if (ended === null) return;
    const { report, note, log, real } = this.#ports;
    ended.end();
    note("rehearsal_ended", { id: ended.rehearsal.id, fault: ended.rehearsal.fault, reports: ended.reports });
    report();
    this.#current = null;
    real.interrupt();
    log("info", `the rehearsal ${ended.rehearsal.id} is over`);
    report();
  }

  #objection(given: unknown): string | null {
    const { isAllowed, real } = this.#ports;
    if (!isAllowed) return "this host's configuration does not allow rehearsals: TRUEBOUND_REHEARSALS=1 does";
    if (this.#current !== null) return `the rehearsal ${this.#current.rehearsal.id} is not over yet`;
    if (!isRehearsal.accepts(given)) {
      const [error] = isRehearsal.errors(given);
      return `it cannot be read: ${error?.pointer || "/"}: ${error?.detail ?? "not a rehearsal"}`;
    }
    if ((given.fault === "step" || given.fault === "lying-source") && given.by_ns === undefined) return "it does not say by how much";
    if (given.fault === "drift" && given.ppb === undefined) return "it does not say how fast";
    const ids = real.probes.map(({ source }) => source.id);
    const { source = ids[0] } = given;
    return isOfSource(given) && (source === undefined || !ids.includes(source))
      ? `this host has no source ${source ?? "at all"}: it has ${ids.join(", ") || "none"}`
      : null;
  }

  /** With its source by name, so that the record says which. */
  #named(given: Rehearsal): Rehearsal {
    const [first] = this.#ports.real.probes;
    return isOfSource(given) && first !== undefined ? { source: first.source.id, ...given } : given;
  }

  #begin(rehearsal: Rehearsal): void {
    const { real, host, observe, report, timers, log } = this.#ports;
    const { id, fault, for_s, by_ns, ppb, source, who } = rehearsal;
    report();
    const reading = observe();
    const begun = new RehearsedHost({ ...host(), rehearsal, real, reading });
    const detail = { id, fault, for_s, by_ns: by_ns ?? null, ppb: ppb ?? null, rehearsed_source: source ?? null, who };
    begun.monitor.note({ kind: "rehearsal_began", reading, source: null, detail });
    this.#current = begun;
    log(
      "warn",
      `${who} rehearses ${fault} on this host for ${for_s} s: what it reports until then is marked, and its clock is not touched`,
    );
    report();
    timers.later(for_s * 1000, () => {
      if (this.#current === begun) this.end();
    });
  }

  #refuse(given: unknown, why: string): void {
    const { report, note, log } = this.#ports;
    const { id, fault, who } = given as { readonly [name: string]: unknown };
    log("warn", `refused to rehearse a fault: ${why}`);
    note("rehearsal_refused", { id: text(id), fault: text(fault), who: text(who), why: why.slice(0, 400) });
    report();
  }
}

const isOfSource = ({ fault }: Rehearsal): boolean => fault === "lost-source" || fault === "lying-source";
const text = (value: unknown): string | null => (typeof value === "string" && /^[\u0020-\u007e]{1,120}$/.test(value) ? value : null);
