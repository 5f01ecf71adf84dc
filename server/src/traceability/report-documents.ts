import { dayBegins, type ManifestDocument } from "@truebound/audit";
import { BILLION, type UtcInstant, utc } from "@truebound/time";
import { buildChain } from "./build-chain.ts";
import { type ChainDocument, concerns } from "./chain.ts";
import type { TraceabilityStore } from "./ports.ts";
import { documentsAt, traceabilityOf } from "./traceability-of.ts";

/**
 * The documents by which a host's evidence is traceable in [from, to): those in force at some time of it. None at all where a link of the
 * chain lacks one on any of its days: then nothing counts where the profile demands traceability, and it is a to-do elsewhere.
 */
export async function reportDocuments(
  store: Pick<TraceabilityStore, "hosts" | "looks" | "documents" | "reviews">,
  host: string,
  { from, to }: { readonly from: bigint; readonly to: bigint },
): Promise<ManifestDocument[]> {
  const [found] = await store.hosts({ host }, 1);
  const documents = (await store.documents()).filter((document) => found !== undefined && concerns(document.hosts, found.labels));
  if (found === undefined || documents.length === 0) return [];
  const last = utc(to - 1n);
  const chain = await buildChain(store, [found], found.labels, { from: utc(from), to: last });
  const used = new Map<string, ChainDocument>();
  for (const at of changes(documents, utc(from), last)) {
    const present = documentsAt(documents, at);
    if (traceabilityOf({ ...chain, documents: present }, { requires_traceability: true }, at).kind === "invalid") return [];
    for (const document of present) used.set(document.id, document);
  }
  return [...used.values()].map(sayDocument);
}

const DAY = 86_400n * BILLION;

/** The beginning, and every midnight within on which a document begins or has ended. */
function changes(documents: readonly ChainDocument[], from: UtcInstant, last: UtcInstant): UtcInstant[] {
  const days = documents.flatMap(({ valid_from, valid_to }) => {
    const ended = valid_to === null ? null : dayBegins(valid_to);
    return [dayBegins(valid_from), ended === null ? null : utc(ended + DAY)].filter((day) => day !== null);
  });
  return [from, ...days.filter((day) => day > from && day <= last)];
}

const sayDocument = ({ id, title, sha256, kind, valid_from, reviewed_at }: ChainDocument): ManifestDocument => ({
  id,
  title,
  sha256,
  kind,
  hosts: 1,
  valid_from,
  reviewed_at,
});
