import type { FindingKind, Cause as WireCause } from "@truebound/wire";

export type CauseKind = "host" | "source" | "group" | "upstream" | "mesh" | "server" | "fleet";

/** What alerts have in common. `kind` decides which cause takes alerts from which. */
export interface Cause extends WireCause {
  readonly kind: CauseKind;
}

/** How much a cause explains. An alert moves to a cause that explains more, and never back. */
const RANK: Readonly<Record<CauseKind, number>> = { host: 0, group: 1, fleet: 2, source: 3, upstream: 3, mesh: 3, server: 3 };
export const rankOf = ({ kind }: Cause): number => RANK[kind];

const NOT_THE_CLOCK: Partial<Readonly<Record<FindingKind, string>>> = {
  host_silent: ":liveness",
  host_late: ":liveness",
  clone_suspected: ":key",
};

/** A host's clock, its silence and its key are three matters. */
export const hostCause = (host: { readonly id: string; readonly name: string }, finding: FindingKind): Cause => ({
  kind: "host",
  key: `host:${host.id}${NOT_THE_CLOCK[finding] ?? ""}`,
  name: host.name,
});

const REHEARSAL = ":rehearsal";

/** All that one host shows in a declared fault: it says nothing of sources, of groups, or of the host itself. */
export const rehearsalCause = ({ id, name }: { readonly id: string; readonly name: string }): Cause => ({
  kind: "host",
  key: `host:${id}${REHEARSAL}`,
  name,
});
export const isRehearsalCause = ({ key }: Cause): boolean => key.endsWith(REHEARSAL);

export const sourceCause = (address: string): Cause => ({ kind: "source", key: `source:${address}`, name: address });
export const groupCause = (value: string, rule: string): Cause => ({ kind: "group", key: `group:${value}:${rule}`, name: value });
export const fleetCause = (rule: string): Cause => ({ kind: "fleet", key: `fleet:${rule}`, name: "the fleet" });
export const upstreamCause = (refid: string): Cause => ({ kind: "upstream", key: `upstream:${refid}`, name: refid });
export const meshCause = (domain: string): Cause => ({ kind: "mesh", key: `mesh:${domain}`, name: domain });
export const SERVER_CAUSE: Cause = { kind: "server", key: "server", name: "the server" };
