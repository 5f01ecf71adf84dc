import type { Told } from "../admin/admin.ts";
import { sayLabels } from "../admin/labels.ts";
import type { Change, FieldChange, Plan, SetThing } from "./changes.ts";
import type { Thing, ThingKind } from "./document.ts";
import type { FileProblem } from "./located.ts";

export const SIGNS: Readonly<Record<Change["change"], string>> = { add: "+", change: "~", remove: "-" };

export interface Saying {
  readonly json: boolean;
  /** Every change, field by field. */
  readonly diff: boolean;
  readonly applied: boolean;
  /** As it was given on the command line. */
  readonly file: string;
  readonly warnings: readonly FileProblem[];
}

export function sayPlan(plan: Plan, saying: Saying): Told {
  if (saying.json) return { code: 0, out: `${JSON.stringify(jsonOf(plan, saying), null, 2)}\n`, err: "" };
  return { code: 0, out: saying.diff ? plan.changes.map(sayChange).join("") : "", err: `${sayCounts(plan, saying)}\n` };
}

const jsonOf = ({ changes, same, left }: Plan, { applied, file, warnings }: Saying): object => ({
  file,
  applied,
  changes: changes.map(({ change, kind, key, fields, takenOver }) => ({
    change,
    kind,
    name: nameOf({ kind, key }),
    taken_over: takenOver,
    fields,
  })),
  same,
  left: left.map((thing) => ({ kind: thing.kind, name: nameOf(thing) })),
  warnings: warnings.map(({ at: { line, column }, words }) => ({ line, column, words })),
});

export function sayChange(change: Change): string {
  const taken = change.takenOver ? "  (a person had set it; the file sets it from now on)" : "";
  const head = `${SIGNS[change.change]} ${change.kind}${spaced(nameOf(change))}${taken}\n`;
  return head + change.fields.map((field) => `    ${sayField(field, change)}\n`).join("");
}

const sayField = ({ name, before, after }: FieldChange, { change, was, thing, kind }: Change): string => {
  const [from, to] = [before ?? absent(name, was, kind), after ?? absent(name, thing, kind)];
  if (change === "add") return `${name}: ${to}`;
  return change === "remove" ? `${name}: ${from}` : `${name}: ${from} -> ${to}`;
};

/** Where no host is named all are meant, which "none" would not say. */
const EVERYBODY: Partial<Readonly<Record<ThingKind, string>>> = {
  rule: "all hosts",
  maintenance: "all hosts",

  channel: "all incidents",
};
function absent(name: string, thing: Thing | null, kind: ThingKind): string {
  const hosts = thing?.body.hosts ?? null;
  const namesSome = hosts !== null && Object.keys(hosts).length > 0;
  return name.split(".")[0] === "hosts" && !namesSome ? (EVERYBODY[kind] ?? "none") : "none";
}

const spaced = (name: string): string => (name === "" ? "" : ` ${name}`);

export const nameOf = ({ kind, key }: Pick<SetThing, "kind" | "key">): string =>
  kind === "policy" ? sayLabels(JSON.parse(key) as Record<string, string>).trim() || "of all hosts" : key;

function sayCounts({ changes, same, left }: Plan, { applied, file }: Saying): string {
  const count = (change: Change["change"]): number => changes.filter((one) => one.change === change).length;
  const counts = [`${count("add")} added`, `${count("change")} changed`, `${count("remove")} removed`, `${same} as before`].join(", ");
  const head = applied ? `Applied ${file}: ${counts}` : `Nothing was applied; ${file} would do: ${counts}`;
  return left.length === 0 ? head : `${head}. Left alone, for people set them: ${sayLeft(left)}`;
}

const MOST_NAMED = 10;
const sayLeft = (left: readonly SetThing[]): string => {
  const named = left.slice(0, MOST_NAMED).map((thing) => `${thing.kind}${spaced(nameOf(thing))}`);
  const more = left.length - named.length;
  return `${named.join(", ")}${more > 0 ? ` and ${more} more` : ""}`;
};
