import type { Channel, ChannelTest } from "@truebound/wire";
import type pg from "pg";
import type { Log } from "../../log.ts";
import type { Counters } from "../../metrics/families.ts";
import type { Sample } from "../../metrics/fleet-samples.ts";
import { deliverySamples } from "../../notify/delivery-samples.ts";
import { Heartbeat, type HeartbeatSettings } from "../../notify/heartbeat.ts";
import { again, type Outcome, type Waiting } from "../../notify/ports.ts";
import { reminder } from "../../notify/reminder.ts";
import { testChannel } from "../../notify/test-channel.ts";
import { DeliveryWorker } from "../../notify/worker.ts";
import { repeat } from "../loop.ts";
import { deliveryStore } from "../postgres/delivery-store.ts";
import { isOutage } from "../postgres/pool.ts";
import { HTTP_LIMITS, type HttpRequest, httpRequests } from "./http-request.ts";
import { readSecret, SecretUnreadable } from "./secret-file.ts";
import { outcomeOf, type SendLimits, sendToChannel } from "./send-to-channel.ts";
import { MAIL_LIMITS } from "./smtp.ts";
import { withoutSecrets } from "./without-secrets.ts";

export interface Notifier {
  /** One look for what is due; those that it begins end later. */
  look(): Promise<void>;
  remind(): Promise<void>;
  beat(): Promise<void>;
  test(channel: Channel): Promise<ChannelTest>;
  samples(): Sample[];
  /** Begins to look again and again, until what it gives is called; that waits for what is being told. */
  start(): () => Promise<void>;
}

const LOOK_EVERY_MS = 500;
/** An Alertmanager waits for five minutes. */
const REMIND_EVERY_MS = 60_000;
const BEAT_LOOK_EVERY_MS = 500;
const COUNT_EVERY_MS = 5_000;
/** What is not told by then is told by whoever comes next. */
const STOP_WITHIN_MS = 3_000;

/** What one server process does to have incidents told. Any number of them share the outbox. */
export function notifier(
  pool: pg.Pool,
  counters: Counters,
  log: Log,
  limits: SendLimits = {},
  monotonic: () => number = () => performance.now(),
): Notifier {
  const store = deliveryStore(pool, monotonic);
  const closing = new AbortController();
  const http = { ...HTTP_LIMITS, ...limits.http, closed: closing.signal };
  const { send, remind } = sendToChannel({ http, mail: { ...MAIL_LIMITS, ...limits.mail, closed: closing.signal } });
  const worker = new DeliveryWorker({
    store,
    send,
    counted: (channel, outcome) => counters.add("notifications", { channel, outcome }),
    random: Math.random,
    monotonic,
    log,
  });
  const reminding = reminder({ store, remind, isBehind: (channel) => worker.isBehind(channel), log });
  const request = httpRequests(http);
  const heartbeat = new Heartbeat({
    pulse: store.pulse,
    deliveriesLookedMs: () => worker.lookedMs,
    beat: (settings) => beat(request, settings),
    monotonic,
    log,
  });
  let counted: { readonly waiting: readonly Waiting[]; readonly channels: readonly string[] } | null = null;
  const count = async () => {
    const { channels } = await store.places();
    counted = { waiting: await store.waiting(), channels: channels.filter(({ enabled }) => enabled).map(({ name }) => name) };
  };
  const told = telling(log);
  const made = {
    look: told("Cannot look for what is to be told", () => worker.look()),
    remind: told("Cannot remind Alertmanagers", reminding),
    beat: () => heartbeat.look(),
    count: told("Cannot count what waits to be told", count),
  };
  return {
    ...made,
    test: (channel) => testChannel({ send, moment: store.moment, monotonic }, channel),
    samples: () => deliverySamples(counted?.waiting ?? null, counted?.channels ?? [], heartbeat.ageMs()),
    start: () => {
      const first = Promise.all([made.look(), made.remind()]);
      const loops = [
        repeat(LOOK_EVERY_MS, made.look),
        repeat(REMIND_EVERY_MS, made.remind),
        repeat(BEAT_LOOK_EVERY_MS, made.beat),
        repeat(COUNT_EVERY_MS, made.count),
      ];
      return async () => {
        const late = setTimeout(() => closing.abort(), STOP_WITHIN_MS);
        await Promise.all([first, ...loops.map((loop) => loop.stop())]);
        await worker.stop();
        clearTimeout(late);
      };
    },
  };
}

/** What fails is done in the next look; that the database is away, others say. */
const telling =
  (log: Log) =>
  (what: string, work: () => Promise<void>): (() => Promise<void>) =>
  async () => {
    try {
      await work();
    } catch (error) {
      if (!isOutage(error)) log.warn(`${what}: ${error instanceof Error ? error.message : String(error)}`);
    }
  };

/** The address may hold the secret by which the listener knows who beats. */
async function beat(request: HttpRequest, { url, url_file, allow_private }: HeartbeatSettings): Promise<Outcome> {
  try {
    const address = url_file === undefined ? url : await readSecret(url_file, "url_file");
    if (address === undefined) return again("it has no address; set url or url_file");
    const headers = { "cache-control": "no-cache" };
    const result = await request({ url: address, allowPrivate: allow_private }, { method: "GET", headers });
    return outcomeOf(result, (text) => withoutSecrets(text, [address]));
  } catch (error) {
    if (error instanceof SecretUnreadable) return again(error.message);
    throw error;
  }
}
