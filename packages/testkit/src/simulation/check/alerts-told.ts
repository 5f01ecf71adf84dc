import type { Run } from "../run.ts";
import type { Tables } from "../tables.ts";
import { type Check, MOST_SAID, said } from "./violation.ts";

const CHECK = "alerts told";

/**
 * Each change of an incident has its notice, each notice a delivery to every channel that was told before, each delivery is told
 * in the end, in order, and what is told again is told by the same key and in the same words.
 */
export const alertsTold: Check = (run) =>
  said(CHECK, [...unwritten(run.tables), ...undelivered(run), ...unsaid(run), ...disordered(run), ...twoWords(run)].slice(0, MOST_SAID));

function unwritten(tables: Tables): string[] {
  return [...tables.incidents.values()].flatMap(({ open, resolvedAt }) => {
    const notices = [...tables.notices.values()].filter(({ incident }) => incident === open.id).sort((a, b) => a.ordinal - b.ordinal);
    const alerts = [...tables.alerts.values()].filter(({ alert }) => alert.incident === open.id);
    const ordinals = notices.map(({ ordinal }) => ordinal);
    return [
      ...(ordinals.every((ordinal, index) => ordinal === index + 1) && ordinals.length === open.notices
        ? []
        : [`incident ${open.id} has notices ${ordinals.join(", ")} of ${open.notices}`]),
      ...(notices.length > 0 && notices[0]?.content.kind !== "opened" ? [`incident ${open.id} was not told as opened first`] : []),
      ...(resolvedAt !== null && notices.length > 0 && notices.at(-1)?.content.kind !== "resolved"
        ? [`incident ${open.id} is over, and its last notice is not`]
        : []),
      ...(resolvedAt !== null && alerts.some(({ endedAt }) => endedAt === null)
        ? [`incident ${open.id} is over, and an alert of it is not`]
        : []),
      ...(resolvedAt === null && alerts.every(({ endedAt }) => endedAt !== null)
        ? [`incident ${open.id} goes on, and no alert of it does`]
        : []),
    ];
  });
}

/** What was written a minute before the end has had its time. */
const GRACE = 60_000_000_000n;

function undelivered({ tables, truth }: Run): string[] {
  const end = truth.utcAt(truth.end) + truth.clockError;
  return [...tables.deliveries.values()].flatMap(({ notice: id, channel, state, attempts }) => {
    const notice = tables.notices.get(id);
    if (notice === undefined) return [`a delivery of notice ${id}, which is not there`];
    if (state === "delivered" || notice.createdAt >= end - GRACE) return [];
    return [`notice ${notice.content.key} was never told to ${channel}: ${state} after ${attempts} tries`];
  });
}

/** A channel hears of an incident in order; a repeat of what it has heard is no disorder. Where the database was replaced numbers begin anew. */
function disordered({ records }: Run): string[] {
  if (records.replaced.length > 0) return [];
  const heard = new Map<string, number>();
  return records.told.flatMap(({ channel, incident, ordinal, accepted, key }) => {
    if (!accepted) return [];
    const name = `${channel} ${incident}`;
    const before = heard.get(name) ?? 0;
    heard.set(name, Math.max(before, ordinal));
    return ordinal > before + 1 ? [`${channel} was told ${key} before what came before it`] : [];
  });
}

function twoWords({ records }: Run): string[] {
  if (records.replaced.length > 0) return [];
  const words = new Map<string, string>();
  return records.told.flatMap(({ key, content }) => {
    const before = words.get(key);
    words.set(key, content);
    return before === undefined || before === content ? [] : [`${key} was told in two ways`];
  });
}

/** What is written down as told was taken by its channel. */
function unsaid({ tables, records }: Run): string[] {
  const taken = new Set(records.told.flatMap(({ channel, key, accepted }) => (accepted ? [`${channel} ${key}`] : [])));
  return [...tables.deliveries.values()].flatMap(({ notice, channel, state }) => {
    const key = tables.notices.get(notice)?.content.key;
    return state === "delivered" && !taken.has(`${channel} ${key}`)
      ? [`${key} is written down as told to ${channel}, which took nothing`]
      : [];
  });
}
