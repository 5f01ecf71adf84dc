import type { FindingKind } from "@truebound/wire";
import { fieldsOf, THING_KINDS, type Thing, type ThingKind } from "./document.ts";
import { type Body, type Field, sayBody } from "./fields.ts";
import { ruleBase } from "./rule-fields.ts";

/** A thing as it is set now. */
export interface SetThing extends Thing {
  readonly origin: "file" | "person";
  /** Of what is set in parts: those that no file set, where `body` are those that one did. */
  readonly beside?: Body;
}

export interface FieldChange {
  readonly name: string;
  /** In the file's words; null = there was none, or is none any more. */
  readonly before: string | null;
  readonly after: string | null;
}

export interface Change {
  readonly change: "add" | "change" | "remove";
  readonly kind: ThingKind;
  readonly key: string;
  readonly fields: readonly FieldChange[];
  /** A person had set it until now. */
  readonly takenOver: boolean;
  /** What will be kept; null = it goes. */
  readonly thing: Thing | null;
  /** What is kept now; null = nothing. */
  readonly was: SetThing | null;
}

export interface Plan {
  readonly changes: readonly Change[];
  /** Things that the file sets as they are already. */
  readonly same: number;
  /** What people set and the file does not name. */
  readonly left: readonly SetThing[];
}

const idOf = ({ kind, key }: Thing): string => `${kind} ${key}`;

/** What becomes of what is set when a file is applied: what it names is as it says, and what a file set before and this one does not name goes. */
export function planChanges(set: readonly SetThing[], wanted: readonly Thing[]): Plan {
  const before = new Map(set.map((thing) => [idOf(thing), thing]));
  const named = new Set(wanted.map(idOf));
  const changed = wanted.flatMap((thing) => changeOf(before.get(idOf(thing)), thing) ?? []);
  const gone = set.filter((thing) => thing.origin === "file" && !named.has(idOf(thing))).map(removal);
  return {
    changes: [...changed, ...gone].toSorted(inOrder),
    same: wanted.length - changed.length,
    left: set.filter((thing) => thing.origin === "person" && !named.has(idOf(thing))),
  };
}

const inOrder = (a: Change, b: Change): number =>
  THING_KINDS.indexOf(a.kind) - THING_KINDS.indexOf(b.kind) || (a.key < b.key ? -1 : a.key > b.key ? 1 : 0);

function changeOf(before: SetThing | undefined, thing: Thing): Change | null {
  const fields = fieldsOf(thing.kind, thing.body);
  const was = before ?? null;
  const head = { kind: thing.kind, key: thing.key, thing, was };
  const present = was === null ? null : presentOf(was, thing);
  if (present === null) return { ...head, change: "add", takenOver: false, fields: fieldChanges(plainBody(thing), thing.body, fields) };
  const changed = fieldChanges(present.body, thing.body, fields);
  const { takenOver } = present;
  return changed.length === 0 && !takenOver ? null : { ...head, change: "change", takenOver, fields: changed };
}

/** What stands in the place of a thing; null = nothing does. Of one that is set in parts only those count that the file names, now or before. */
function presentOf({ origin, body, beside }: SetThing, thing: Thing): { readonly body: Body; readonly takenOver: boolean } | null {
  if (beside === undefined) return { body: comparable(body, thing.body), takenOver: origin === "person" };
  const others = Object.entries(beside).filter(([field]) => field in thing.body);
  const isThere = others.length > 0 || Object.keys(body).length > 0;
  return isThere ? { body: { ...body, ...Object.fromEntries(others) }, takenOver: others.length > 0 } : null;
}

const removal = (thing: SetThing): Change => ({
  change: "remove",
  kind: thing.kind,
  key: thing.key,
  fields: fieldChanges(thing.body, {}, fieldsOf(thing.kind, thing.body)),
  takenOver: false,
  thing: null,
  was: thing,
});

/** A silence without `from` goes on from when it was first applied. */
const comparable = (before: Body, after: Body): Body => {
  if (before.matchers === undefined || after.from !== undefined) return before;
  const { from: _, ...rest } = before;
  return rest;
};

/** Of something new only that is said in which it differs from what such a thing is anyway. */
function plainBody({ kind, key, body }: Thing): Body {
  if (kind === "rule") {
    const { finding: _, ...base } = ruleBase(body.finding as FindingKind);
    return body.finding === key ? { ...base, finding: key } : base;
  }
  return Object.fromEntries(fieldsOf(kind, body).flatMap(({ stored, initial }) => (initial === undefined ? [] : [[stored, initial]])));
}

function fieldChanges(before: Body, after: Body, fields: readonly Field[]): FieldChange[] {
  const [was, is] = [sayBody(before, fields), sayBody(after, fields)];
  // A map that is empty on one side is said by the keys that it has on the other.
  const isWithin = (name: string) =>
    (was.get(name) ?? is.get(name)) === "{}" && [...is.keys(), ...was.keys()].some((other) => other.startsWith(`${name}.`));
  return [...new Set([...is.keys(), ...was.keys()])]
    .filter((name) => was.get(name) !== is.get(name) && !isWithin(name))
    .map((name) => ({ name, before: was.get(name) ?? null, after: is.get(name) ?? null }));
}
