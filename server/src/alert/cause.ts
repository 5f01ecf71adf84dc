import type { FindingKind, Cause as WireCause } from "@truebound/wire";

export type CauseKind = "host" | "source" | "group" | "upstream" | "mesh" | "server" | "fleet";

/** What alerts have in common. `kind` decides which cause takes alerts from which. */
export interface Cause extends WireCause {
  readonly kind: CauseKind;
}

/** How much a cause explains. An alert moves to a cause that explains more, and never back. */
const RANK: Readonly<Record<CauseKind, number>> = { host: 0, group: 1, fleet: 2, source: 3, upstream: 3, mesh: 3, server: 3 };
export const rankOf = ({ kind }: Cause): number => RANK[kind];

/** A host's clock, its silence and its key are three matters. */
const NOT_THE_CLOCK: Partial<Readonly<Record<FindingKind, string>>> = {
  host_silent: "liveness",
  host_late: "liveness",
  clone_suspected: "key",
};

export const hostCause = (host: { readonly id: string; readonly name: string }, finding: FindingKind): Cause => {
  const matter = NOT_THE_CLOCK[finding];
  return { kind: "host", key: `host:${host.id}${matter === undefined ? "" : `:${matter}`}`, name: host.name };
};

/**
 * What a clock comes to whose sources fail, step by step. A clock that is proved outside is none of these, nor is what asks for
 * proof that it is inside: a further host is no news to a group, and it would go untold among those that are merely uncertain.
 */
const CLOCK: ReadonlySet<FindingKind> = new Set([
  "source_lost",
  "no_majority",
  "cannot_prove_limit",
  "bound_exceeds_limit",
  "near_limit",
  "will_exceed_in",
]);

/** Rules that follow from one another are one matter to a group; any other is one by itself. */
export const familyOf = ({ rule, finding }: { readonly rule: string; readonly finding: FindingKind }): string =>
  CLOCK.has(finding) ? "clock" : (NOT_THE_CLOCK[finding] ?? rule);

const REHEARSAL = ":rehearsal";

/** All that one host shows in a declared fault: it says nothing of sources, of groups, or of the host itself. */
export const rehearsalCause = ({ id, name }: { readonly id: string; readonly name: string }): Cause => ({
  kind: "host",
  key: `host:${id}${REHEARSAL}`,
  name,
});
export const isRehearsalCause = ({ kind, key }: Cause): boolean => kind === "host" && key.endsWith(REHEARSAL);

export const sourceCause = (address: string): Cause => ({ kind: "source", key: `source:${address}`, name: address });
export const groupCause = (value: string, family: string): Cause => ({ kind: "group", key: `group:${value}:${family}`, name: value });
export const fleetCause = (family: string): Cause => ({ kind: "fleet", key: `fleet:${family}`, name: "the fleet" });
export const upstreamCause = (refid: string): Cause => ({ kind: "upstream", key: `upstream:${refid}`, name: refid });
export const meshCause = (domain: string): Cause => ({ kind: "mesh", key: `mesh:${domain}`, name: domain });
export const SERVER_CAUSE: Cause = { kind: "server", key: "server", name: "the server" };
