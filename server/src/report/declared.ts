import { type DeclaredResult, isShipped, type ManifestDeclared, type ManifestStampTest } from "@truebound/audit";
import { formatUtc, utc } from "@truebound/time";
import type { PlannedScope, SaidProfile } from "./plan.ts";
import type { DeclaredLeaf } from "./ports.ts";

interface Planned {
  readonly scopes: readonly PlannedScope[];
  readonly profiles: readonly SaidProfile[];
  readonly declared: readonly DeclaredResult[];
  readonly stampTests: readonly ManifestStampTest[];
}

/** What a report rests on that people declared, as leaves of the log name it. */
export function declaredNames({ scopes, profiles, declared, stampTests }: Planned): string[] {
  const known = scopes.filter(({ scope }) => !scope.name.startsWith("by-hand/"));
  return [
    ...new Set([
      ...known.flatMap(({ scope: { name, calendar } }) => [`scope ${name}`, ...(calendar === null ? [] : [`calendar ${calendar}`])]),
      ...profiles.flatMap(({ id }) => (isShipped(id) ? [] : [`profile ${String(id)}`])),
      ...stampTests.map(({ id }) => `document ${id}`),
      ...declared.flatMap(({ exemptions }) => exemptions.map(({ id }) => `exemption ${id}`)),
    ]),
  ].sort();
}

export const sayDeclared = (leaves: readonly DeclaredLeaf[]): ManifestDeclared[] =>
  leaves.map(({ shard, index, entry, at }) => ({ what: String(entry.what), at: formatUtc(utc(at)), leaf: { shard, index } }));

/** When it was declared, as the entry says; null = it is of a time when entries had no dates. */
export function dateOf(
  { kind, sha256, body, at_ns }: Readonly<Record<string, unknown>>,
  parse: (text: string) => bigint | null,
): bigint | null {
  if (kind === "document") return parse((body as { readonly uploaded_at: string }).uploaded_at);
  if (kind !== "exemption") return typeof at_ns === "string" ? BigInt(at_ns) : null;
  const { declared_at, withdrawn_at } = body as { readonly declared_at: string; readonly withdrawn_at?: string };
  return parse(sha256 === null ? String(withdrawn_at) : declared_at);
}
