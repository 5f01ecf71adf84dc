import { randomUUID } from "node:crypto";
import type { LeapList } from "@truebound/time";
import type { AlertSettings } from "@truebound/wire";
import type pg from "pg";
import { repeat } from "../adapters/loop.ts";
import { notifier } from "../adapters/notify/notifier.ts";
import { readAlertConfig } from "../adapters/postgres/alert-config-store.ts";
import { alertStore } from "../adapters/postgres/alert-store.ts";
import { eventNews } from "../adapters/postgres/event-news.ts";
import { HouseWatch } from "../adapters/postgres/house-watch.ts";
import { changedIncidents, incidentStore } from "../adapters/postgres/incident-store.ts";
import { isOutage } from "../adapters/postgres/pool.ts";
import { AlertKeeper } from "../alert/alert-keeper.ts";
import { IncidentWatch } from "../alert/incident-watch.ts";
import type { FleetWatcher } from "../fleet/watcher.ts";
import type { Log } from "../log.ts";
import { alertSamples } from "../metrics/alert-samples.ts";
import { AGED_EVENTS, EventAges } from "../metrics/event-ages.ts";
import type { Counters } from "../metrics/families.ts";
import type { Sample } from "../metrics/fleet-samples.ts";
import { alertingSamples } from "../metrics/server-samples.ts";
import type { MeshState } from "../peer/peer-keeper.ts";
import type { AlertPorts } from "../query/alert-ports.ts";

export interface AlertingParts {
  readonly pool: pg.Pool;
  readonly watcher: FleetWatcher;
  /** Null = the mesh was not solved yet. */
  readonly mesh: () => MeshState | null;
  readonly leaps: () => LeapList;
  /** Of this machine; null = it has none. */
  readonly bootId: string | null;
  /** Where the page is served on its own machine, without a final slash. */
  readonly localPage: () => string;
  readonly counters: Counters;
  readonly log: Log;
}

export interface Alerting {
  /** What people ask and do. */
  readonly ports: AlertPorts;
  readonly incidents: IncidentWatch;
  /** With each look at the fleet: who tells people, and which events are news. Fails as the database does. */
  see(): Promise<void>;
  /** After each look that did not fail. */
  judge(): Promise<void>;
  /** Looks once for incidents that changed. */
  watch(): Promise<void>;
  samples(): Sample[];
  /** Whether this process is the one that judges. */
  judges(): boolean;
  /** Begins to tell channels and to watch incidents, until what it gives is called; that waits for what is being told. */
  start(): () => Promise<void>;
  /** Somebody else may judge. To be called once nothing looks any more. */
  leave(): Promise<void>;
}

const WATCH_EVERY_MS = 1_000;

/** Joins what judges the fleet, what tells people, and what they see of it. */
export function joinAlerting({ pool, watcher, mesh, leaps, bootId, localPage, counters, log }: AlertingParts): Alerting {
  const monotonic = () => performance.now();
  const house = new HouseWatch(pool, monotonic);
  const keeper = new AlertKeeper({
    store: alertStore(pool),
    fleet: watcher,
    mesh,
    leaps,
    house: () => house.facts,
    bootId,
    monotonic,
    localPage,
    word: randomUUID,
  });
  const notices = notifier(pool, counters, log);
  const incidents = new IncidentWatch({ changedWithin: (seconds) => changedIncidents(pool, seconds) });
  const watch = () => watchIncidents(incidents, monotonic, log);
  const newEvents = eventNews(pool, AGED_EVENTS);
  const ages = new EventAges();
  let settings: AlertSettings | null = null;
  return {
    ports: { incidents: incidentStore(pool), testChannel: notices.test },
    incidents,
    see: async () => {
      settings = (await readAlertConfig(pool)).settings;
      await house.see();
      ages.learn(await newEvents(), monotonic());
    },
    judge: judging(keeper, log),
    watch,
    samples: () => [
      ...alertingSamples(settings),
      ...house.samples(),
      ...ages.samples((id) => watcher.entry(id), monotonic()),
      ...notices.samples(),
      ...alertSamples(keeper.figures, monotonic()),
    ],
    judges: () => keeper.figures !== null,
    start: () => {
      const stopNotices = notices.start();
      const watching = repeat(WATCH_EVERY_MS, watch);
      return async () => void (await Promise.all([watching.stop(), stopNotices()]));
    },
    leave: () => keeper.stop(),
  };
}

/** Judges what was just seen. What fails is told once, and done in the next look; what is open stays as it was written. */
function judging(keeper: AlertKeeper, log: Log): () => Promise<void> {
  let failed = false;
  return async () => {
    try {
      await keeper.look();
      if (failed) log.info("Alerts are judged again");
      failed = false;
    } catch (error) {
      if (!failed) log.warn(`Cannot judge alerts: ${causeOf(error)}`);
      failed = true;
    }
  };
}

/** Of a bug the place is wanted too. */
function causeOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return isOutage(error) ? error.message : (error.stack ?? error.message);
}

/** What fails is seen in the next look, which goes back as far as need be. */
async function watchIncidents(incidents: IncidentWatch, monotonic: () => number, log: Log): Promise<void> {
  try {
    await incidents.look(monotonic);
  } catch (error) {
    if (!isOutage(error)) log.warn(`Cannot see incidents: ${error instanceof Error ? error.message : String(error)}`);
  }
}
