import type { Timers } from "../timers.ts";

/** What happened after an incident began belongs to it too. */
const AFTER_MS = 5 * 60_000;

export interface FlightPorts {
  readonly timers: Timers;
  /** Writes down what was recorded until now, for this incident. */
  readonly write: (incident: string) => void;
}

/** Incidents for which the server wants the record: each is written once, five minutes after it was asked for, or when the agent stops. */
export class Flights {
  readonly #ports: FlightPorts;
  readonly #waiting = new Set<string>();
  /** Asked with each receipt until the record has come. */
  readonly #written = new Set<string>();

  constructor(ports: FlightPorts) {
    this.#ports = ports;
  }

  /** The incident of a receipt; null = none. */
  offer(incident: string | null): void {
    if (incident === null || this.#waiting.has(incident) || this.#written.has(incident)) return;
    this.#waiting.add(incident);
    this.#ports.timers.later(AFTER_MS, () => this.#write(incident));
  }

  /** The agent stops: what there is by now has to do. */
  end(): void {
    for (const incident of this.#waiting) this.#write(incident);
  }

  #write(incident: string): void {
    if (!this.#waiting.delete(incident)) return;
    this.#remember(incident);
    this.#ports.write(incident);
  }

  #remember(incident: string): void {
    this.#written.add(incident);
    const [oldest] = this.#written;
    if (this.#written.size > MOST_REMEMBERED && oldest !== undefined) this.#written.delete(oldest);
  }
}

const MOST_REMEMBERED = 1000;
