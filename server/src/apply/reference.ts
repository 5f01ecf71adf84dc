import { FINDINGS } from "@truebound/wire";
import { SECTIONS } from "./document.ts";
import { type Field, isMapKind } from "./fields.ts";
import { PROFILE_FIELDS } from "./profile-fields.ts";
import { CHANNELS, SETTINGS } from "./thing-fields.ts";

/** Sections whose keys depend on a kind. */
const BY_KIND: Readonly<Record<string, Readonly<Record<string, readonly Field[]>>>> = { channels: CHANNELS, profiles: PROFILE_FIELDS };

/** Every key of a file as Markdown, from the very tables by which files are read. */
export function reference(): string {
  const sections = Object.entries(SECTIONS).flatMap(([name, { fields }]) =>
    BY_KIND[name] !== undefined
      ? Object.entries(BY_KIND[name]).map(([kind, keys]) => table(`${name}: ${kind}`, keys))
      : [table(name, fields({})), ...(name === "rules" ? [`What a rule may look for: ${FINDINGS.map(code).join(", ")}.\n`] : [])],
  );
  return [table("At the top", SETTINGS), ...sections].join("\n");
}

const code = (text: string): string => `\`${text}\``;

const table = (title: string, fields: readonly Field[]): string =>
  `### ${title}\n\n| key | write | without it | meaning |\n|---|---|---|---|\n${rowsOf(fields).join("")}`;

const rowsOf = (fields: readonly Field[], before = ""): string[] =>
  fields.flatMap((field) => {
    const key = `${before}${field.key}`;
    const row = `| ${[code(key), field.kind.form, absent(field), field.means].map(cell).join(" | ")} |\n`;
    return isMapKind(field.kind) ? [row, ...rowsOf(field.kind.fields, `${key}.`)] : [row];
  });

const cell = (text: string): string => text.replaceAll("|", "\\|");

function absent({ required, initial, kind, otherwise }: Field): string {
  if (required) return "needed";
  return initial === undefined ? (otherwise ?? "") : code(kind.say(initial));
}
