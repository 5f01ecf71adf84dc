import type { Host } from "../host.ts";
import type { Run } from "../run.ts";
import { takesState } from "../troubles.ts";
import { type Check, said } from "./violation.ts";

const CHECK = "keys agreed";

/** Each host is let in once, the server knows the key by which it signs, and whoever was asked for another key has another one. */
export const keysAgreed: Check = (run) =>
  takesState(run.world.troubles) ? [] : said(CHECK, [...letInTwice(run), ...run.hosts.flatMap((host) => wrongKey(run, host))]);

const letInTwice = ({ tables, hosts }: Run): string[] =>
  tables.hosts.size === hosts.length ? [] : [`${hosts.length} hosts are known as ${tables.hosts.size}`];

function wrongKey({ tables }: Run, host: Host): string[] {
  const { id, publicKey, plan } = host;
  const row = tables.hosts.get(id);
  if (row === undefined) return [`${plan.name}: the server does not know it`];
  const isKnown = [row.publicKey, row.nextKey].some((key) => key !== null && Buffer.compare(key, publicKey) === 0);
  return [
    ...(isKnown ? [] : [`${plan.name}: the server does not know the key by which it signs`]),
    ...(row.rotationWanted ? [`${plan.name}: it was asked for another key and has none`] : []),
  ];
}
