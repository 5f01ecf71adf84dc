import type { Log } from "../log.ts";
import { again, type DeliveryStore, type Outcome, type Remind } from "./ports.ts";

export interface ReminderPorts {
  readonly store: Pick<DeliveryStore, "places" | "standing" | "alone">;
  readonly remind: Remind;
  /** The channel was told something of which the database does not know yet: what that says of an incident may be over. */
  readonly isBehind: (channel: string) => boolean;
  readonly log: Log;
}

/**
 * An Alertmanager takes an alert for over of which it has not heard for five minutes, so each look says again what goes on. Nobody
 * may tell it of an end meanwhile: what went on a moment ago would begin anew there.
 */
export function reminder({ store, remind, isBehind, log }: ReminderPorts): () => Promise<void> {
  const deaf = new Set<string>();
  const one = async (channel: Parameters<Remind>[0]) => {
    const notices = isBehind(channel.name) ? [] : await store.standing(channel.name);
    if (notices.length === 0) return;
    const outcome = await remind(channel, notices).catch(unworded);
    if (outcome.kind === "delivered" && deaf.delete(channel.name)) log.info(`${channel.name} can be told again what goes on`);
    if (outcome.kind === "delivered" || deaf.has(channel.name)) return;
    deaf.add(channel.name);
    log.warn(`Cannot tell ${channel.name} again what goes on; it takes it for over after five minutes: ${outcome.why}`);
  };
  return async () => {
    const { channels } = await store.places();
    for (const channel of channels)
      if (channel.kind === "alertmanager" && channel.enabled) await store.alone(channel.name, () => one(channel));
  };
}

/** A mistake of ours in what one channel is sent must not stop the others. */
const unworded = (error: unknown): Outcome =>
  again(`it could not be put into words: ${error instanceof Error ? error.message : String(error)}`);
