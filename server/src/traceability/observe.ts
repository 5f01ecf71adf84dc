import { BILLION, divCeil, formatUtc, maxOf, refidInWords, type UtcInstant } from "@truebound/time";
import type { Batch } from "@truebound/wire";
import { declarationInWords } from "../fleet/declaration-words.ts";
import type { ObservedChain, ObservedSource } from "./chain.ts";

/** One batch of a host, of the instants that were looked at. */
export interface Look {
  readonly host: string;
  readonly batch: Pick<Batch, "sources" | "exchanges" | "bounds" | "rehearsal" | "intervals">;
}

/** What was made up for a rehearsal is no observation. */
export function observedChain(
  looks: readonly Look[],
  {
    hosts,
    asked,
    from,
    to,
  }: { readonly hosts: readonly string[]; readonly asked: number; readonly from: UtcInstant; readonly to: UtcInstant },
): ObservedChain {
  const real = looks.filter(({ batch }) => batch.rehearsal === undefined);
  const seen = new Map<string, Sighting[]>();
  for (const { host, batch } of real)
    for (const [index, source] of batch.sources.entries()) {
      const one: Sighting = {
        host,
        source,
        agreed: agreedIn(batch, index),
        ...rootsIn(batch, index),
        documents: documentsIn(batch, index),
      };
      seen.set(source.id, [...(seen.get(source.id) ?? []), one]);
    }
  const sources = [...seen].map(([id, sightings]) => sourceOf(id, sightings)).sort((a, b) => (a.id < b.id ? -1 : 1));
  return { from: formatUtc(from), to: formatUtc(to), hosts: [...hosts].sort(), looks: asked, answered: real.length, sources };
}

interface Sighting {
  readonly host: string;
  readonly source: Batch["sources"][number];
  readonly agreed: boolean;
  readonly delay: bigint | null;
  readonly dispersion: bigint | null;
  readonly documents: readonly string[];
}

/** By which its intervals of that batch were declared, and its newest one. */
function documentsIn({ sources, intervals }: Look["batch"], index: number): string[] {
  const given = intervals?.document.filter((_, row) => intervals.source[row] === index) ?? [];
  return [...given, sources[index]?.document ?? null].filter((one) => one !== null);
}

/** In a row that is proven. */
const agreedIn = ({ bounds }: Look["batch"], index: number): boolean =>
  bounds.status.some((status, row) => status === "proven" && bounds.agree[row]?.includes(index) === true);

function rootsIn({ exchanges, sources }: Look["batch"], index: number): { delay: bigint | null; dispersion: bigint | null } {
  // Exchanges that are bounded by what is declared do not say what was advertised; the source itself does.
  const declared = sources[index]?.root === "declared" ? sources[index] : null;
  if (declared !== null) {
    const { root_delay_raw: delay, root_dispersion_raw: dispersion } = declared;
    return {
      delay: typeof delay === "number" ? shortToNs(delay) : null,
      dispersion: typeof dispersion === "number" ? shortToNs(dispersion) : null,
    };
  }
  const rows = exchanges.source.flatMap((source, row) => (source === index ? [row] : []));
  const most = (column: readonly number[]) => (rows.length === 0 ? null : rows.map((row) => shortToNs(column[row] ?? 0)).reduce(maxOf));
  return { delay: most(exchanges.root_delay_raw), dispersion: most(exchanges.root_dispersion_raw) };
}

/** NTP's short format, 16.16 bits of seconds, rounded up. */
const shortToNs = (raw: number): bigint => divCeil(BigInt(raw) * BILLION, 65_536n);

function sourceOf(id: string, sightings: readonly Sighting[]): ObservedSource {
  const all = <T>(take: (one: Sighting) => T | null): T[] => sightings.map(take).filter((one): one is T => one !== null);
  const upstream = ({ source: { refid, stratum } }: Sighting) => (refid === null ? null : refidInWords(refid, stratum));
  return {
    id,
    addresses: distinct(all(({ source }) => source.address)),
    strata: [...new Set(all(({ source }) => source.stratum))].sort((a, b) => a - b),
    upstreams: distinct(all(upstream)),
    root_delay_ns: greatest(all(({ delay }) => delay)),
    root_dispersion_ns: greatest(all(({ dispersion }) => dispersion)),
    looks: sightings.length,
    agreed: sightings.filter(({ agreed }) => agreed).length,
    hosts: new Set(sightings.map(({ host }) => host)).size,
    local_reference: sightings.some(({ source }) => source.local_reference),
    authenticated: sightings.filter(({ source }) => source.nts?.authenticated === true).length,
    nts_identities: distinct(all(({ source }) => identityIn(source.nts))),
    ...declaredOf(sightings),
    ...declaredIn(sightings.map(({ source }) => source)),
  };
}

/** Nothing where no look rests on a declaration. */
function declaredIn(sources: readonly Batch["sources"][number][]): Pick<ObservedSource, "declared" | "declarations"> {
  const resting = sources.flatMap(({ root, declaration }) => (root === "declared" && declaration !== undefined ? [declaration] : []));
  if (resting.length === 0) return {};
  return { declared: resting.length, declarations: distinct(resting.map(declarationInWords)) };
}

/** Nothing of a server of NTP. */
function declaredOf(sightings: readonly Sighting[]): Pick<ObservedSource, "kind" | "counted" | "declared_by"> {
  const others = sightings.filter(({ source: { kind = "ntp" } }) => kind !== "ntp");
  const kind = others.at(-1)?.source.kind;
  if (kind === undefined) return {};
  const counted = others.filter(({ source }) => source.counts !== false).length;
  return { kind, counted, declared_by: distinct(others.flatMap(({ documents }) => documents)) };
}

/** Null = it is authenticated by nobody. */
const identityIn = (nts: Batch["sources"][number]["nts"]): string | null =>
  nts?.authenticated === true && nts.name !== null && nts.key !== null ? `${nts.name}, key ${nts.key}` : null;

const distinct = (values: readonly string[]): string[] => [...new Set(values)].sort();
const greatest = (values: readonly bigint[]): string | null => (values.length === 0 ? null : String(values.reduce(maxOf)));
