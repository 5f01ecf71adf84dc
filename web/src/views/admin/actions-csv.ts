import type { Action } from "@truebound/wire";

const COLUMNS = ["id", "at", "actor", "actor_kind", "operation", "target", "outcome", "address", "detail"] as const;

/** A table program takes a cell that begins so for a formula. */
const FORMULA = /^[=+\-@\t\r]/;

const cell = (value: unknown): string => {
  const text = value === null || value === undefined ? "" : typeof value === "string" ? value : JSON.stringify(value);
  const safe = FORMULA.test(text) ? `'${text}` : text;
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
};

export const actionsCsv = (actions: readonly Action[]): string =>
  [COLUMNS.join(","), ...actions.map((action) => COLUMNS.map((name) => cell(action[name])).join(","))]
    .map((line) => `${line}\r\n`)
    .join("");

/** Every word of the search stands somewhere in it. */
export function fits(action: Action, search: string): boolean {
  const text = [action.at, action.actor, action.actor_kind, action.operation, action.target, action.address, JSON.stringify(action.detail)]
    .join(" ")
    .toLowerCase();
  return search
    .toLowerCase()
    .split(/\s+/)
    .every((word) => text.includes(word));
}
