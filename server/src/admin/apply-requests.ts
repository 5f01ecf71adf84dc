import { readOptions } from "@truebound/wire";
import type { ApplyRequest } from "../apply/apply.ts";
import { ADMIN_SETTINGS } from "../usage.ts";

export const APPLY_USAGE = `usage: truebound apply [--check] [--diff] [--dry-run] [--json] FILE|-
  Sets rules, groups, calendars, maintenance windows, silences, channels, policies, targets, profiles and scopes as a YAML file says
  (docs/rules.md; examples/truebound.yaml). All of it in one transaction, or nothing. What a file set before and this one does
  not name goes; what people set is left alone. What a file sets is changed by a file alone. - is standard input.
  --diff                   shows every change, field by field: + what comes, ~ what changes, - what goes (off)
  --dry-run                shows that, and applies nothing (off)
  --check                  looks at the file alone, without a database, and says all that is wrong with it (off)
  --json                   says it as JSON (off)
  Exit 0 when it was applied, or would be, or is right; 1 when something is wrong, with line and column of each problem; 2 for a wrong command.
${ADMIN_SETTINGS}
example: truebound apply --diff truebound.yaml`;

export function parseApply(args: readonly string[]): ApplyRequest | string {
  const read = readOptions(args, { check: "flag", diff: "flag", "dry-run": "flag", json: "flag" });
  if (typeof read === "string") return read;
  const { values, words } = read;
  const [file, odd] = words;
  if (file === undefined) return "Cannot apply without a file, or - for standard input";
  if (odd !== undefined) return `Cannot take ${JSON.stringify(odd)}: one file at a time`;
  const check = values.check === true;
  if (check && (values.diff === true || values["dry-run"] === true))
    return "Cannot take --check beside --diff or --dry-run: those compare the file with a database";
  return { ...(check ? { check } : {}), file, diff: values.diff === true, dryRun: values["dry-run"] === true, json: values.json === true };
}
