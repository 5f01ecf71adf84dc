import { formatUtc, type UtcInstant } from "@truebound/time";
import { MAX_PEERS, type TargetView } from "@truebound/wire";
import type { LabelSet } from "../policy/choose-policy.ts";
import { hashOf, type Ticket, Urn } from "./lots.ts";
import { MOST_NEIGHBOURS } from "./mesh-domain.ts";

/** Whatever answers NTP and runs no agent. */
export interface Target {
  readonly id: string;
  readonly name: string;
  readonly address: string;
  readonly port: number;
  readonly domain: string;
  readonly labels: LabelSet;
  readonly createdAt: UtcInstant;
}

/** As people see it. */
export const viewTarget = ({ createdAt, id, name, address, port, domain, labels }: Target): TargetView => ({
  id,
  name,
  address,
  port,
  domain,
  labels: { ...labels },
  created_at: formatUtc(createdAt),
});

/** One that lies of a target is found out by two others. */
export const MEASURERS = 3;
const MOST_TARGETS = MAX_PEERS - MOST_NEIGHBOURS;

/** For each host the targets that it measures, drawn by lot among the hosts of the domain; none gets more than a host can measure. */
export function drawTargets(
  targets: readonly Target[],
  hosts: Iterable<{ readonly id: string; readonly domain: string }>,
): Map<string, readonly Target[]> {
  const drawn = new Map<string, Target[]>();
  const urns = targets.length === 0 ? new Map<string, Urn<Ticket>>() : urnsOf(hosts);
  const hasRoom = ({ id }: Ticket) => (drawn.get(id)?.length ?? 0) < MOST_TARGETS;
  for (const target of targets.toSorted((a, b) => (a.id < b.id ? -1 : 1))) {
    const best = urns.get(target.domain)?.best({ id: target.id, hash: hashOf(target.id) }, MEASURERS, hasRoom) ?? [];
    for (const { ticket } of best) drawn.set(ticket.id, [...(drawn.get(ticket.id) ?? []), target]);
  }
  return drawn;
}

function urnsOf(hosts: Iterable<{ readonly id: string; readonly domain: string }>): Map<string, Urn<Ticket>> {
  const urns = new Map<string, Urn<Ticket>>();
  for (const { id, domain } of hosts) {
    const urn = urns.get(domain) ?? new Urn<Ticket>();
    urns.set(domain, urn);
    urn.add({ id, hash: hashOf(id) });
  }
  return urns;
}
