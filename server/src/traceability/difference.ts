import type { ChainDocument, ObservedSource, ReviewedChain } from "./chain.ts";

/** What is another way than a person found it a year ago, in sentences; empty = nothing. */
export function chainDifference(before: ReviewedChain, after: ReviewedChain): string[] {
  return [
    ...changes(before.observed.hosts, after.observed.hosts, (name) => name, "Host"),
    ...changes(before.observed.sources, after.observed.sources, ({ id }) => id, "Source"),
    ...after.observed.sources.flatMap((source) =>
      movedSource(
        before.observed.sources.find(({ id }) => id === source.id),
        source,
      ),
    ),
    ...changes(before.documents, after.documents, sayDocument, "Document", ({ id }) => id),
  ];
}

/** What came and what went. */
function changes<T>(before: readonly T[], after: readonly T[], say: (one: T) => string, what: string, key = say): string[] {
  const [had, have] = [new Set(before.map(key)), new Set(after.map(key))];
  return [
    ...before.filter((one) => !have.has(key(one))).map((one) => `${what} gone: ${say(one)}`),
    ...after.filter((one) => !had.has(key(one))).map((one) => `${what} new: ${say(one)}`),
  ];
}

const sayDocument = ({ kind, title, sha256 }: ChainDocument): string => `${kind} "${title}" (${sha256.slice(0, 12)})`;

function movedSource(before: ObservedSource | undefined, after: ObservedSource): string[] {
  if (before === undefined) return [];
  const moved = (what: string, old: string, now: string): string[] =>
    old === now ? [] : [`Source ${after.id}: ${what} was ${old}, is ${now}`];
  return [
    ...moved("address", list(before.addresses), list(after.addresses)),
    ...moved("stratum", list(before.strata), list(after.strata)),
    ...moved("upstream", list(before.upstreams), list(after.upstreams)),
    ...(before.nts_identities === undefined ? [] : moved("NTS identity", identities(before), identities(after))),
    ...moved("error declared by", list(before.declared_by ?? []), list(after.declared_by ?? [])),
    ...moved("declaration of its root", declarations(before), declarations(after)),
    ...moved("follows", follows(before), follows(after)),
    ...moved("agreement", agreement(before), agreement(after)),
  ];
}

const list = (values: readonly (string | number)[]): string => values.join(", ") || "unknown";
const follows = ({ local_reference }: ObservedSource): string => (local_reference ? "its own clock alone" : "others");

const identities = ({ nts_identities }: ObservedSource): string => (nts_identities ?? []).join("; ") || "none";

const declarations = ({ declarations: said }: ObservedSource): string => (said ?? []).join("; ") || "none";

/** In bands: a share that moved a little is no change of the chain. */
function agreement({ agreed, looks }: ObservedSource): string {
  if (agreed === 0) return "never";
  return agreed * 100 >= looks * 99 ? "nearly always" : agreed * 2 >= looks ? "mostly" : "seldom";
}
