import type { ManifestMember } from "../report-manifest.ts";

interface LabelledHost {
  readonly id: string;
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
}

/** It carries all labels that are wanted. */
export const fitsLabels = (wanted: Readonly<Record<string, string>>, { labels }: Pick<LabelledHost, "labels">): boolean =>
  Object.entries(wanted).every(([name, value]) => labels[name] === value);

/** Of a group: hosts that fit, and all that are listed without an agent, for nobody knows their labels. */
export const membersOf = (
  hosts: readonly LabelledHost[],
  wanted: Readonly<Record<string, string>>,
  missing: readonly string[],
): ManifestMember[] =>
  [
    ...hosts.filter((host) => fitsLabels(wanted, host)).map(({ id, name }): ManifestMember => ({ host: id, name })),
    ...missing.map((name): ManifestMember => ({ host: null, name })),
  ].sort((a, b) => byText(a.name, b.name) || byText(a.host ?? "", b.host ?? ""));

const byText = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);
