import type { AlertConfig } from "./alert-config.ts";
import type { EventNews } from "./findings/event.ts";
import type { Plan } from "./incident.ts";
import type { OpenBook } from "./plan.ts";

/** What the database says beside the state of the hosts. */
export interface AlertLook {
  readonly config: AlertConfig;
  /** Written since the mark; some of them may have been seen before. */
  readonly events: readonly EventNews[];
  /** From where the next look must begin. */
  readonly mark: string;
}

/** The seat of the one judge among all servers on the database; whoever dies leaves it. */
export interface JudgesSeat {
  /** `mark` null = as far as a judge saw last, or from now on where none did. */
  look(mark: string | null): Promise<AlertLook>;
  book(): Promise<OpenBook>;
  /** All of it or nothing, and that this look was made. */
  write(plan: Plan, mark: string): Promise<void>;
  /** Hosts that are busy are asked in a later look. Whom it could ask. */
  ask(bursts: ReadonlyMap<string, string>): Promise<readonly string[]>;
  /** `broken`: the connection cannot be used any more. */
  leave(broken?: Error): Promise<void>;
}

export interface AlertStore {
  /** Null = another server judges. */
  takeSeat(): Promise<JudgesSeat | null>;
}
