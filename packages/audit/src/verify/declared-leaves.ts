import { BILLION } from "@truebound/time";
import { utcOf } from "../evidence/leap-table.ts";
import type { LeafPlace, ManifestDeclared, ReportManifest } from "../report-manifest.ts";
import { isObject } from "./fields.ts";
import type { LogProofs } from "./log-proofs.ts";
import { BundleFault } from "./ports.ts";

/** What somebody declared, as its leaf says it. */
export interface Declaration {
  readonly what: string;
  /** ns of UTC. */
  readonly at: bigint;
  /** Null = it was taken away, or withdrawn. */
  readonly sha256: string | null;
  readonly body: Readonly<Record<string, unknown>> | null;
}

/** A declaration lies before all that came once it was committed; this is for the transaction that declares. */
const MOST_BACKDATED_NS = 60n * BILLION;

/** What came then can no longer lie before what was declared then. */
export const isLater = (receivedNs: string, { at }: ManifestDeclared): boolean =>
  BigInt(receivedNs) > (utcOf(at) as bigint) + MOST_BACKDATED_NS;

/** By the first word of what they declare; of another kind a leaf would be dated in another way. */
const KIND_OF: Readonly<Record<string, string>> = {
  scope: "scope",
  profile: "profile",
  exemption: "exemption",
  calendar: "rule",
  document: "document",
};
const KINDS: readonly unknown[] = Object.values(KIND_OF);

/** Of step 4: each is a leaf that log.ndjson opens, dated as the leaf says, and none of those that it opens is kept back. */
export function openDeclared(manifest: ReportManifest, proofs: LogProofs): readonly Declaration[] {
  const declared = listOf(manifest);
  const found = declared.map((one) => opened(one, proofs));
  const wrong = declared.findIndex((one, index) => index > 0 && !isBefore(declared[index - 1]?.leaf as LeafPlace, one.leaf));
  if (wrong >= 0) throw fault("declared_order", `${declared[wrong]?.what} does not lie behind the declaration before it`);
  checkDates(found);
  const told = new Set(declared.map(({ leaf }) => `${leaf.shard}/${leaf.index}`));
  const kept = proofs.leavesOf(KINDS).find(({ shard, index }) => !told.has(`${shard}/${index}`));
  if (kept !== undefined)
    throw fault("declared_leaf", `The manifest does not name leaf ${kept.index} of ${kept.shard}, ${String(kept.entry.what)}`);
  return found;
}

const fault = (rule: string, detail: string): BundleFault => new BundleFault("evidence", rule, detail);

/** Absent = none. */
function listOf({ declared }: ReportManifest): readonly ManifestDeclared[] {
  if (declared === undefined) return [];
  if (!Array.isArray(declared) || !declared.every(isDeclared)) throw fault("malformed", "declared is no list of what, at and leaf");
  return declared;
}

const isDeclared = (one: unknown): boolean =>
  isObject(one) && typeof one.what === "string" && typeof one.at === "string" && isObject(one.leaf) && isPlace(one.leaf);
const isPlace = ({ shard, index }: Readonly<Record<string, unknown>>): boolean => typeof shard === "string" && Number.isSafeInteger(index);

const isBefore = (a: LeafPlace, b: LeafPlace): boolean => a.shard < b.shard || (a.shard === b.shard && a.index < b.index);

function opened({ what, at, leaf }: ManifestDeclared, proofs: LogProofs): Declaration {
  const entry = proofs.openedAt(leaf);
  if (entry === null || entry.what !== what || entry.kind !== kindOf(what))
    throw fault("declared_leaf", `log.ndjson does not open leaf ${leaf.index} of ${leaf.shard} as ${what}`);
  const body = isObject(entry.body) ? entry.body : null;
  const sha256 = typeof entry.sha256 === "string" ? entry.sha256 : null;
  const instant = utcOf(at);
  if (instant === null || !isDated(entry, { sha256, body, at: instant }))
    throw fault("declared_date", `${what} is said to be of ${at}, and leaf ${leaf.index} of ${leaf.shard} has another date`);
  return { what, at: instant, sha256, body };
}

const kindOf = (what: string): string | null => {
  const word = what.split(" ", 1)[0] as string;
  return Object.hasOwn(KIND_OF, word) ? (KIND_OF[word] as string) : null;
};

/** One that was written before leaves had dates may be of any. */
function isDated(entry: Readonly<Record<string, unknown>>, { sha256, body, at }: Omit<Declaration, "what">): boolean {
  if (entry.kind === "document") return isAt(body?.uploaded_at, at);
  if (entry.kind !== "exemption") return typeof entry.at_ns !== "string" || entry.at_ns === String(at);
  const said = sha256 === null ? body?.withdrawn_at : body?.declared_at;
  return isAt(said, at);
}

const isAt = (said: unknown, at: bigint): boolean => typeof said === "string" && utcOf(said) === at;

/** Of one name the later leaf is the later declaration. */
function checkDates(found: readonly Declaration[]): void {
  const last = new Map<string, bigint>();
  for (const { what, at } of found) {
    if (at < (last.get(what) ?? at)) throw fault("declared_order", `${what} is dated before the one that it follows`);
    last.set(what, at);
  }
}

/** For a place in the log, the earliest date of a declaration that lies behind it. */
export function declaredBehind(manifest: ReportManifest): (place: LeafPlace) => ManifestDeclared | null {
  const declared = listOf(manifest);
  const earliest: ManifestDeclared[] = [];
  for (let index = declared.length - 1; index >= 0; index--) {
    const [one, next] = [declared[index] as ManifestDeclared, earliest[index + 1]];
    earliest[index] = next !== undefined && next.at < one.at ? next : one;
  }
  return (place) => {
    let [from, to] = [0, declared.length];
    while (from < to) {
      const middle = (from + to) >> 1;
      if (isBefore(place, (declared[middle] as ManifestDeclared).leaf)) to = middle;
      else from = middle + 1;
    }
    return earliest[from] ?? null;
  };
}
