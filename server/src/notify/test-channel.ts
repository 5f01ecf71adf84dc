import { formatUtc, type UtcInstant } from "@truebound/time";
import type { Channel, ChannelTest, Notice } from "@truebound/wire";
import type { Moment, Send } from "./ports.ts";

export interface TestPorts {
  readonly send: Send;
  /** The clock of the database, and where people reach the page. */
  readonly moment: () => Promise<Moment>;
  readonly monotonic: () => number;
}

/** Tells a channel of nothing, and says so: straight, without the outbox. What stays open there is closed again. */
export async function testChannel({ send, moment, monotonic }: TestPorts, channel: Channel): Promise<ChannelTest> {
  const now = await moment();
  const beganMs = monotonic();
  const outcome = await send(channel, testNotice(now, "opened"), now);
  // An Alertmanager tells nobody of what is over before its first notification; it takes this for over by itself.
  if (outcome.kind === "delivered" && channel.kind === "pagerduty") await send(channel, testNotice(now, "resolved"), now);
  return {
    delivered: outcome.kind === "delivered",
    took_ms: Math.round(monotonic() - beganMs),
    error: outcome.kind === "delivered" ? (outcome.note ?? null) : outcome.why,
  };
}

export const TEST_RULE = "truebound_test";

export function testNotice({ at, pageUrl }: Moment, kind: "opened" | "resolved"): Notice {
  const time = formatUtc(at);
  return {
    version: 1,
    key: `truebound-test-${at}`,
    kind,
    ordinal: 1,
    at: time,
    incident: testIncident(time, at, kind === "resolved"),
    alerts: [],
    more: 0,
    ended: [],
    url: pageUrl,
  };
}

const testIncident = (time: string, at: UtcInstant, isOver: boolean): Notice["incident"] => ({
  id: String(at),
  cause: { kind: "server", key: "test", name: "test" },
  title: "Test by Truebound: nothing is wrong, and nothing is to be done",
  severity: "info",
  certainty: "proved_inside",
  opened_at: time,
  changed_at: time,
  resolved_at: isOver ? time : null,
  absorbed_by: null,
  acknowledged: null,
  silenced_by: null,
  rehearsal: false,
  rules: [TEST_RULE],
  alerts: 0,
  hosts: 0,
});
