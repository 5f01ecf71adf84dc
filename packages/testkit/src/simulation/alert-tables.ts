import {
  type AlertConfig,
  type AlertLook,
  type AlertStore,
  asKnown,
  type DeliveryStore,
  type EventNews,
  isIdle,
  type JudgesSeat,
  type OpenAlert,
  type OpenBook,
  type OpenIncident,
  type Plan,
  type Taken,
  viewAlert,
} from "@truebound/server";
import { formatUtc, type UtcInstant, utc } from "@truebound/time";
import type { Notice } from "@truebound/wire";
import { Outage, type Session, type SimDatabase, type Transaction } from "./database.ts";
import type { DeliveryRow, IncidentRow, Tables } from "./tables.ts";

const SEAT = "judge";
const MS = 1_000_000n;

/** What the judge asks of the database: a seat that is a lock of its session, and one transaction for all that a look writes. */
export const alertTables = (database: SimDatabase, session: Session, config: Omit<AlertConfig, "now">): AlertStore => ({
  takeSeat: async () => {
    await database.travel();
    const holder = {};
    return database.takeSeat(SEAT, holder) ? seatOf(database, session, holder, config) : null;
  },
});

function seatOf(database: SimDatabase, session: Session, holder: object, config: Omit<AlertConfig, "now">): JudgesSeat {
  const held = async () => {
    await database.travel();
    if (!database.hasSeat(SEAT, holder)) throw new Outage("the connection of the judge's seat was lost");
  };
  return {
    look: async (mark) => {
      await held();
      return lookAt(database, mark, config);
    },
    book: async () => {
      await held();
      return bookOf(database.committed);
    },
    write: async (plan, mark) => {
      await held();
      await database.transaction(session, async (transaction) => writePlan(database, transaction, plan, mark));
    },
    ask: async (bursts) => {
      await held();
      await database.transaction(session, async (transaction) => {
        await transaction.statement();
        transaction.write((tables) => askFor(tables, bursts));
      });
      return [...bursts.keys()];
    },
    leave: async () => database.leaveSeat(SEAT, holder),
  };
}

function lookAt(database: SimDatabase, mark: string | null, config: Omit<AlertConfig, "now">): AlertLook {
  const tables = database.committed;
  const from = mark === null ? (tables.judgedMark ?? tables.xid) : BigInt(mark);
  const events: EventNews[] = tables.events.flatMap(({ xid, marked, ...event }) =>
    xid > from ? [{ ...event, atMarked: marked, writtenXid: xid }] : [],
  );
  return { config: { ...config, now: utc(database.clock) }, events, mark: tables.xid.toString() };
}

const bookOf = (tables: Tables): OpenBook => ({
  alerts: new Map([...tables.alerts.values()].filter(({ endedAt }) => endedAt === null).map(({ alert }) => [alert.key, alert])),
  incidents: new Map(
    [...tables.incidents.values()].filter(({ resolvedAt }) => resolvedAt === null).map(({ open }) => [open.cause.key, open]),
  ),
});

async function writePlan(database: SimDatabase, transaction: Transaction, plan: Plan, mark: string): Promise<void> {
  await transaction.statement();
  const now = utc(database.clock);
  transaction.write((tables) => {
    tables.judgedMark = BigInt(mark);
    if (!isIdle(plan)) applyPlan(tables, plan, now);
  });
}

/** The same rows as the server's statements write: incidents, alerts, notices and their deliveries, all or none. */
function applyPlan(tables: Tables, plan: Plan, now: UtcInstant): void {
  const ids = openIncidents(tables, plan, now);
  const idOf = (key: string): bigint => {
    const id = ids.get(key);
    if (id === undefined) throw new Error(`Cannot write an alert of the incident ${key}: no such incident is open`);
    return id;
  };
  const leaving = plan.moved.flatMap(({ id }) => alertOf(tables, id));
  for (const { id, incident } of plan.moved) changeAlert(tables, id, { incident: idOf(incident) });
  for (const { alert, incident } of plan.begun) {
    const id = takeId(tables);
    tables.alerts.set(id, { alert: { ...alert, id, incident: idOf(incident) }, since: now, endedAt: null });
  }
  for (const { id, state } of plan.restated) changeAlert(tables, id, state);
  for (const id of plan.ended) {
    const row = tables.alerts.get(id);
    if (row !== undefined && row.endedAt === null) tables.alerts.set(id, { ...row, endedAt: now });
  }
  for (const change of plan.incidents) changeIncident(tables, change, idOf(change.cause.key), now, leaving);
}

function takeId(tables: Tables): bigint {
  const id = tables.nextId;
  tables.nextId += 1n;
  return id;
}

const alertOf = (tables: Tables, id: bigint): OpenAlert[] => {
  const row = tables.alerts.get(id);
  return row === undefined ? [] : [row.alert];
};

function changeAlert(tables: Tables, id: bigint, more: Partial<OpenAlert>): void {
  const row = tables.alerts.get(id);
  if (row !== undefined) tables.alerts.set(id, { ...row, alert: { ...row.alert, ...more } });
}

function openIncidents(tables: Tables, plan: Plan, now: UtcInstant): Map<string, bigint> {
  const ids = new Map(plan.open);
  for (const { cause, id, summary, silencedBy } of plan.incidents) {
    const known = id ?? takeId(tables);
    ids.set(cause.key, known);
    if (id !== null) continue;
    const open: OpenIncident = { ...summary, id: known, cause, silencedBy, told: new Map(), notices: 0 };
    tables.incidents.set(known, { open, openedAt: now, changedAt: now, resolvedAt: null });
  }
  return ids;
}

function changeIncident(
  tables: Tables,
  change: Plan["incidents"][number],
  id: bigint,
  now: UtcInstant,
  leaving: readonly OpenAlert[],
): void {
  const row = tables.incidents.get(id);
  if (row === undefined) throw new Error(`Cannot change incident ${id}: it is not there`);
  const { summary, silencedBy, isOver, notice, channels } = change;
  const before = channelsOf(tables, id);
  const ordinal = row.open.notices + (notice === null ? 0 : 1);
  const told =
    notice === "opened" || notice === "changed"
      ? [...row.open.told, ...channels.map((channel) => [channel, { ...summary, ordinal }] as const)]
      : row.open.told;
  const next: IncidentRow = {
    ...row,
    open: { ...row.open, ...summary, silencedBy, told: new Map(told), notices: ordinal },
    changedAt: now,
    resolvedAt: isOver ? now : null,
  };
  tables.incidents.set(id, next);
  if (notice === null) return;
  const noticeId = takeId(tables);
  tables.notices.set(noticeId, {
    id: noticeId,
    incident: id,
    ordinal,
    createdAt: now,
    content: contentOf(tables, next, change, leaving, now),
  });
  for (const channel of new Set([...channels, ...(isOver ? before : [])]))
    tables.deliveries.set(`${noticeId} ${channel}`, {
      notice: noticeId,
      incident: id,
      ordinal,
      channel,
      state: "due",
      attempts: 0,
      nextAt: now,
    });
}

const channelsOf = (tables: Tables, incident: bigint): string[] => [
  ...new Set([...tables.deliveries.values()].filter((row) => row.incident === incident).map(({ channel }) => channel)),
];

function contentOf(
  tables: Tables,
  row: IncidentRow,
  { notice, isOver, cause }: Plan["incidents"][number],
  leaving: readonly OpenAlert[],
  now: UtcInstant,
): Notice {
  const { open } = row;
  const members = [...tables.alerts.values()].filter(({ alert, endedAt }) => alert.incident === open.id && (isOver || endedAt === null));
  return {
    version: 1,
    key: `simulation/${open.id}/${open.notices}`,
    kind: notice as NonNullable<typeof notice>,
    ordinal: open.notices,
    at: formatUtc(row.changedAt),
    incident: {
      id: open.id.toString(),
      cause: { ...cause },
      title: open.title,
      severity: open.severity,
      certainty: open.certainty,
      opened_at: formatUtc(row.openedAt),
      changed_at: formatUtc(row.changedAt),
      resolved_at: row.resolvedAt === null ? null : formatUtc(row.resolvedAt),
      absorbed_by: null,
      acknowledged: null,
      silenced_by: open.silencedBy,
      rehearsal: open.isRehearsal,
      rules: [...open.rules],
      alerts: open.alerts,
      hosts: open.hosts,
    },
    alerts: members.map(({ alert, since, endedAt }) => viewAlert(alert, since, endedAt)),
    more: 0,
    ended: leaving.filter(({ incident }) => incident === open.id).map((alert) => viewAlert(alert, now, now)),
    url: null,
  };
}

function askFor(tables: Tables, bursts: ReadonlyMap<string, string>): void {
  for (const [host, word] of bursts) {
    const row = tables.hosts.get(host);
    if (row !== undefined) tables.hosts.set(host, { ...row, burstWanted: word });
  }
}

/** The outbox, for the worker that empties it. */
export const deliveryTables = (database: SimDatabase, session: Session, config: Omit<AlertConfig, "now">): DeliveryStore => ({
  places: async () => {
    await database.travel();
    return { channels: config.channels.map(({ body }) => body), pageUrl: null };
  },
  take: (rooms, leaseMs) =>
    database.transaction(session, async (transaction) => {
      await transaction.statement();
      const names = new Map(rooms.map(({ channel, slots }) => [channel, slots]));
      return lease(database, transaction, leaseMs, (row, taken) => taken < (names.get(row.channel) ?? 0));
    }),
  takeOrphans: async () => [],
  settle: (taken, verdict) =>
    database.transaction(session, async (transaction) => {
      await transaction.statement();
      transaction.write((tables) => {
        const key = `${taken.noticeId} ${taken.channel}`;
        const row = tables.deliveries.get(key);
        if (row === undefined || row.state !== "due" || (row.attempts !== taken.attempts && verdict.state !== "delivered")) return;
        const nextAt = verdict.state === "due" ? utc(database.clock + BigInt(Math.round(verdict.pauseMs)) * MS) : row.nextAt;
        tables.deliveries.set(key, { ...row, state: verdict.state, nextAt });
      });
    }),
  standing: async () => [],
  elsewhere: async () => [],
  waiting: async () => [],
  beside: (_, work) => work(),
  alone: (_, work) => work(),
});

const FAR_AHEAD = 600_000_000_000n;

function lease(
  database: SimDatabase,
  transaction: Transaction,
  leaseMs: number,
  hasRoom: (row: DeliveryRow, taken: number) => boolean,
): Taken[] {
  const { tables } = transaction;
  const now = database.clock;
  const picked = firstOfEach(tables).filter(({ nextAt }) => nextAt <= now || nextAt > now + FAR_AHEAD);
  const taken: DeliveryRow[] = [];
  for (const row of picked) if (hasRoom(row, taken.filter(({ channel }) => channel === row.channel).length)) taken.push(row);
  const leased = taken.map((row) => ({ ...row, attempts: row.attempts + 1, nextAt: utc(now + BigInt(leaseMs) * MS) }));
  if (leased.length > 0)
    transaction.write((own) => {
      for (const row of leased) own.deliveries.set(`${row.notice} ${row.channel}`, row);
    });
  return leased.flatMap((row) => {
    const notice = tables.notices.get(row.notice);
    if (notice === undefined) return [];
    const ageSeconds = Number(now - notice.createdAt) / 1e9;
    return [
      {
        noticeId: row.notice,
        incidentId: row.incident,
        channel: row.channel,
        notice: notice.content,
        attempts: row.attempts,
        ageSeconds,
        at: utc(now),
      },
    ];
  });
}

/** Of each channel and cause the first that waits: what is late of an incident is told before what comes after it. */
function firstOfEach(tables: Tables): DeliveryRow[] {
  const causeOf = (row: DeliveryRow) => tables.incidents.get(row.incident)?.open.cause.key ?? "";
  const due = [...tables.deliveries.values()].filter(({ state }) => state === "due");
  due.sort((a, b) => (a.incident === b.incident ? a.ordinal - b.ordinal : a.incident < b.incident ? -1 : 1));
  const first = new Map<string, DeliveryRow>();
  for (const row of due) if (!first.has(`${row.channel} ${causeOf(row)}`)) first.set(`${row.channel} ${causeOf(row)}`, row);
  return [...first.values()];
}

export const recordsOf = (tables: Tables, since: bigint) =>
  [...tables.hosts.values()].filter(({ record }) => record.changedXid > since).map(({ record }) => asKnown(record));
