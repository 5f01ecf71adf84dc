import type { Sample } from "../metrics/fleet-samples.ts";
import type { Waiting } from "./ports.ts";

/** What waits to be told, and how long ago the heartbeat arrived; what nobody has looked at has no sample. */
export function deliverySamples(waiting: readonly Waiting[] | null, channels: readonly string[], heartbeatAgeMs: number | null): Sample[] {
  const beat: Sample[] = heartbeatAgeMs === null ? [] : [{ family: "heartbeatAge", labels: {}, value: heartbeatAgeMs / 1000 }];
  if (waiting === null) return beat;
  const counts = new Map([
    ...channels.map((channel) => [channel, 0] as const),
    ...waiting.map(({ channel, count }) => [channel, count] as const),
  ]);
  const oldest = Math.max(0, ...waiting.map(({ oldestSeconds }) => oldestSeconds));
  return [
    ...[...counts].map(([channel, value]): Sample => ({ family: "notificationsWaiting", labels: { channel }, value })),
    { family: "notificationOldest", labels: {}, value: oldest },
    ...beat,
  ];
}
