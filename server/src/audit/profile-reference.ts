import { PAIR_PROFILES, type ProfileTemplate, TEMPLATES, UTC_PROFILES, type UtcProfile } from "@truebound/audit";
import { atMost } from "@truebound/time";
import { limitInWords } from "./profile-words.ts";

/** All profiles as tables in Markdown, from the very data by which clocks are judged. */
export const profileTables = (): string =>
  [
    "### On divergence from UTC\n",
    table(
      ["id", "limit", "granularity", "keep", "traceability", "in force", "self-report", "read where it is set"],
      UTC_PROFILES.map(utcRow),
    ),
    "### Rules without a number\n",
    table(["id", "rule", "traceability", "source"], TEMPLATES.map(templateRow)),
    "### On the difference between two clocks\n",
    table(
      ["id", "limit", "beyond it, and what else to know", "read where it is set"],
      PAIR_PROFILES.map((profile) => [code(profile.id), limitInWords(profile), profile.note, yesNo(profile.verified)]),
    ),
  ].join("\n");

const table = (titles: readonly string[], rows: readonly (readonly string[])[]): string =>
  [titles, titles.map(() => "---"), ...rows].map((row) => `| ${row.map(cell).join(" | ")} |\n`).join("");

const cell = (text: string): string => text.replaceAll("|", "\\|");
const code = (text: string): string => `\`${text}\``;
const yesNo = (is: boolean): string => (is ? "yes" : "no");
const NONE = "-";

function utcRow(profile: UtcProfile): string[] {
  const { id, granularity_ns, retention_years, traceability, self_report, unverified } = profile;
  const doubt = (figure: (typeof unverified)[number]): string => (unverified.includes(figure) ? " ?" : "");
  return [
    code(id),
    limitInWords(profile),
    granularity_ns === null ? NONE : `${atMost(granularity_ns)}${doubt("granularity_ns")}`,
    retention_years === null ? NONE : `${retention_years} y${doubt("retention_years")}`,
    `${traceability}${doubt("traceability")}`,
    daysOf(profile),
    self_report === null ? NONE : `yes${self_report.verified ? "" : " ?"}`,
    `${yesNo(profile.verified)}${profile.status === "draft" ? "; draft" : ""}`,
  ];
}

function daysOf({ valid_from, valid_to, unverified }: UtcProfile): string {
  const from = valid_from === "1970-01-01" ? "" : `from ${valid_from}${unverified.includes("valid_from") ? " ?" : ""}`;
  const days = `${from}${valid_to === null ? "" : ` to ${valid_to}`}`;
  return days === "" ? "not dated" : days;
}

const templateRow = ({ id, title, traceability, source }: ProfileTemplate): string[] => [code(id), title, traceability, source.text];
