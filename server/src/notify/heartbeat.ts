import type { AlertSettings } from "@truebound/wire";
import type { Log } from "../log.ts";
import type { Outcome, Pulse } from "./ports.ts";

export type HeartbeatSettings = NonNullable<AlertSettings["heartbeat"]>;

export interface HeartbeatPorts {
  readonly pulse: () => Promise<Pulse>;
  /** When deliveries were last looked for, on the monotonic clock; null = never. */
  readonly deliveriesLookedMs: () => number | null;
  readonly beat: (settings: HeartbeatSettings) => Promise<Outcome>;
  readonly monotonic: () => number;
  readonly log: Log;
}

const LOOKS_IN_A_PERIOD = 6;
const LEAST_LOOK_MS = 1000;
/** Within so many looks somebody must have judged, and deliveries must have been looked for. */
const LOOKS = 3;
const MOST_WAIT_S = 600;

/** What was seen in the looks so far. Elapsed time is this process's own. */
interface Seen {
  readonly judged: string;
  readonly judgedMs: number;
  /** At least one change of it was seen. */
  readonly isMoving: boolean;
}

/**
 * Tells somebody outside that all is well here: that alerts are judged, what is due gets told, and the database answers. Each server
 * does for what it sees itself; whoever listens tells people when it falls silent.
 */
export class Heartbeat {
  readonly #ports: HeartbeatPorts;
  #seen: Seen | null = null;
  #oldest: { readonly key: string; readonly sinceMs: number } | null = null;
  #lookedMs: number | null = null;
  #beganMs: number | null = null;
  #everyMs = LEAST_LOOK_MS;
  #beatMs: number | null = null;
  #silence: string | null = null;

  constructor(ports: HeartbeatPorts) {
    this.#ports = ports;
  }

  /** Since the last beat that arrived; null = none did. */
  ageMs(): number | null {
    return this.#beatMs === null ? null : this.#ports.monotonic() - this.#beatMs;
  }

  /** Looks at most as often as its period asks for. */
  async look(): Promise<void> {
    const now = this.#ports.monotonic();
    if (this.#lookedMs !== null && now - this.#lookedMs < this.#everyMs) return;
    this.#lookedMs = now;
    this.#beganMs ??= now;
    try {
      await this.#lookNow(await this.#ports.pulse());
    } catch (error) {
      this.#say(`the database does not answer (${error instanceof Error ? error.message : String(error)})`);
    }
  }

  async #lookNow(pulse: Pulse): Promise<void> {
    const { heartbeat } = pulse.settings;
    if (heartbeat === null) return;
    this.#everyMs = Math.max(LEAST_LOOK_MS, (heartbeat.every_s * 1000) / LOOKS_IN_A_PERIOD);
    const trouble = this.#troubleWith(pulse);
    if (trouble !== null) return this.#say(trouble);
    const age = this.ageMs();
    if (age !== null && age < heartbeat.every_s * 1000 - this.#everyMs / 2) return;
    const outcome = await this.#ports.beat(heartbeat);
    if (outcome.kind !== "delivered") return this.#say(`it does not arrive: ${outcome.why}`);
    this.#beatMs = this.#ports.monotonic();
    this.#say(null);
  }

  #troubleWith({ judged, oldest }: Pulse): string | null {
    const now = this.#ports.monotonic();
    const judging = this.#judging(judged, now);
    const waited = this.#waited(oldest, now);
    const lookedMs = this.#ports.deliveriesLookedMs();
    if (!judging) return "nobody judges alerts";
    if (lookedMs === null || now - lookedMs > LOOKS * this.#everyMs) return "nobody looks for what is to be told";
    return waited > MOST_WAIT_S ? `a delivery has been waiting for ${Math.floor(waited / 60)} min` : null;
  }

  #judging(judged: string | null, now: number): boolean {
    if (judged === null) return false;
    if (this.#seen?.judged !== judged) this.#seen = { judged, judgedMs: now, isMoving: this.#seen !== null };
    return this.#seen.isMoving && now - this.#seen.judgedMs <= LOOKS * this.#everyMs;
  }

  /** The greater of what the database's clock says and what was seen here: that clock may go back. */
  #waited(oldest: Pulse["oldest"], now: number): number {
    if (oldest === null) {
      this.#oldest = null;
      return 0;
    }
    if (this.#oldest?.key !== oldest.key) this.#oldest = { key: oldest.key, sinceMs: now };
    return Math.max(oldest.seconds, (now - this.#oldest.sinceMs) / 1000);
  }

  /** Once when it falls silent for a reason, and once when it is back; at the start nobody can be seen at work yet. */
  #say(trouble: string | null): void {
    const isStarting = this.#beatMs === null && this.#ports.monotonic() - (this.#beganMs ?? 0) <= LOOKS * this.#everyMs;
    if (trouble !== null && isStarting) return;
    if (trouble !== null && this.#silence === null) this.#ports.log.warn(`The heartbeat is withheld: ${trouble}`);
    if (trouble === null && this.#silence !== null) this.#ports.log.info("The heartbeat goes out again");
    this.#silence = trouble;
  }
}
