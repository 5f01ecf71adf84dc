import { formatUtc, type Interval } from "@truebound/time";
import type { Assumptions, BatchSource, Terms } from "@truebound/wire";
import type { SourceProbe } from "../probe/source-probe.ts";
import type { BoundRow } from "./bound-row.ts";
import { stateOf } from "./findings.ts";

/** How a host stands at its latest reading: what goes out beside the rows that rest on the same assumptions. */
export interface Present {
  readonly row: BoundRow;
  readonly assumptions: Assumptions;
  readonly sources: readonly BatchSource[];
  /** What the width is made of; null where there is none, or nothing is known of it. */
  readonly terms: Terms | null;
}

/** A source as it is reported; `offset` is its own bound on the host's offset. */
export function presentSource(probe: SourceProbe, row: BoundRow, offset: Interval | null): BatchSource {
  const { packet, delay } = probe.latest;
  return {
    id: probe.source.id,
    address: probe.address,
    origin: probe.source.origin,
    state: probe.address === null && probe.intervals === null ? "resolving" : stateOf(row, probe.source.id),
    stratum: packet?.stratum ?? null,
    refid: packet?.refid ?? null,
    leap: packet?.leap ?? null,
    lo_ns: offset?.lo.toString() ?? null,
    hi_ns: offset?.hi.toString() ?? null,
    delay_ns: delay?.toString() ?? null,
    root_delay_raw: packet?.rootDelay ?? null,
    root_dispersion_raw: packet?.rootDispersion ?? null,
    polls: probe.polls,
    replies: probe.replies,
    refusals: Object.fromEntries([...probe.troubles, ...(probe.intervals?.refusals ?? [])]),
    local_reference: probe.localReference,
    timescale: probe.timescale,
    ...ntsOf(probe),
    ...intervalsOf(probe),
    ...rootOf(probe),
  };
}

/** Nothing of a source of which nothing is declared, or that has not answered. */
export function rootOf({ root, source: { declared } }: Pick<SourceProbe, "root" | "source">): Pick<BatchSource, "root" | "declaration"> {
  if (declared === undefined || root === null) return {};
  const { ns, document, signer, from, to } = declared;
  const terms = { ns: ns.toString(), document, signer, valid_from: formatUtc(from), valid_to: formatUtc(to) };
  return root === "declared"
    ? { root, declaration: { ...terms, void: null } }
    : { root: "advertised", declaration: { ...terms, void: root } };
}

/** Nothing of a source that is asked by NTP. */
export function intervalsOf({ intervals, counts, document }: SourceProbe): Partial<BatchSource> {
  if (intervals === null) return {};
  const { kind, assumes } = intervals;
  return { kind, counts, ...(assumes.length === 0 ? {} : { assumes: [...assumes] }), document, facts: { ...intervals.says() } };
}

/** Nothing of a source that is asked without it. */
export function ntsOf({ nts, authenticatedBy, source }: SourceProbe): Pick<BatchSource, "nts"> {
  if (source.nts === undefined) return {};
  const { name = null, key = null, dates = null } = authenticatedBy ?? nts?.proof ?? {};
  return { nts: { mode: source.nts.mode, authenticated: authenticatedBy !== null, name, key, dates } };
}
