import type { UtcInstant } from "@truebound/time";
import { groupBy } from "./group-by.ts";
import { callsFalse } from "./source-verdict.ts";

/** What a host told of one of its sources, by the name that it has there. */
export interface SourceChange {
  readonly host: string;
  readonly source: string;
  readonly at: UtcInstant;
  /** Placed by when it was received. */
  readonly marked: boolean;
  readonly change:
    | { readonly kind: "state"; readonly from: string | null; readonly to: string }
    | { readonly kind: "resolved"; readonly address: string | null };
}

/** A time in which a host called a source false. */
export interface FalseSpell {
  readonly host: string;
  readonly source: string;
  /** The first state of it. */
  readonly state: string;
  /** Null = it had begun before anything that is looked at. */
  readonly began: UtcInstant | null;
  /** Null = as far as it was told it goes on. */
  readonly ended: UtcInstant | null;
  /** One of its ends is placed by when it was received. */
  readonly marked: boolean;
}

/** Those that go on first, then the newest. `changes` in order; `address` is the source's: a name may have meant another one. */
export const falseSpells = (changes: readonly SourceChange[], address: string | null): FalseSpell[] =>
  [...groupBy(changes, ({ host, source }) => `${host} ${source}`).values()].flatMap((of) => spellsOf(of, address)).sort(newestFirst);

function spellsOf(changes: readonly SourceChange[], address: string | null): FalseSpell[] {
  const spells: FalseSpell[] = [];
  let open: FalseSpell | null = null;
  let isOther = false;
  for (const { host, source, at, marked, change } of changes) {
    if (change.kind === "resolved") {
      isOther = address !== null && change.address !== null && change.address !== address;
      if (isOther && open !== null) spells.push({ ...open, ended: at });
      if (isOther) open = null;
    } else if (!isOther && callsFalse(change.to)) open ??= { host, source, state: change.to, began: at, ended: null, marked };
    else if (!isOther && open !== null) {
      spells.push({ ...open, ended: at, marked: open.marked || marked });
      open = null;
    } else if (!isOther && change.from !== null && callsFalse(change.from))
      spells.push({ host, source, state: change.from, began: null, ended: at, marked });
  }
  return open === null ? spells : [...spells, open];
}

const EVER = 2n ** 64n;
const rank = ({ began, ended }: FalseSpell): bigint => (ended === null ? EVER : (began ?? -EVER));
const newestFirst = (a: FalseSpell, b: FalseSpell): number => {
  const [one, other] = rank(a) === rank(b) ? [a.began ?? -EVER, b.began ?? -EVER] : [rank(a), rank(b)];
  return one > other ? -1 : one < other ? 1 : a.host < b.host ? -1 : 1;
};
