import type { HostSource } from "@truebound/wire";
import { phcLines } from "./phc-words.ts";
import { ptpLines } from "./ptp-words.ts";

const KINDS: Readonly<Record<string, string>> = { ptp: "PTP", phc: "hardware clock", external: "external evidence" };

/** What a source is that is not asked by NTP, and whether it has a vote; null = it is asked so. */
export function kindWords({ kind, counts }: { readonly kind?: string; readonly counts?: boolean }): string | null {
  if (kind === undefined || kind === "ntp") return null;
  if (kind === "opinion") return "second opinion: no part of the bound";
  return `${KINDS[kind] ?? kind}, declared: ${counts === false ? "no part of the bound" : "counts"}`;
}

/** The document that declares its error, shortened to what tells two apart; null = it names none. */
export const documentWords = ({ document }: Pick<HostSource, "document">): string | null =>
  typeof document === "string" ? `document ${document.slice(0, 12)}…` : null;

/** What it says of itself beside, a line each. */
export const factLines = ({ kind, facts = {} }: Pick<HostSource, "kind" | "facts">): string[] =>
  (kind === undefined ? undefined : LINES[kind])?.({ facts }) ?? plainLines(facts);

const LINES: Readonly<Record<string, (source: Pick<HostSource, "facts">) => string[]>> = { ptp: ptpLines, phc: phcLines };

const plainLines = (facts: NonNullable<HostSource["facts"]>): string[] =>
  Object.entries(facts).flatMap(([name, value]) => (value === null ? [] : [`${name.replaceAll("_", " ")} ${value}`]));
