import { type DeclaredExemption, exemptTime, type ManifestResult } from "@truebound/audit";

export const isLate = ({ declared_at, from }: DeclaredExemption): boolean => declared_at > from;

type Between = readonly [from: string, to: string];
const later = (a: string, b: string): string => (a > b ? a : b);
const sooner = (a: string, b: string): string => (a < b ? a : b);
const within = ([a, b]: Between, [from, to]: Between): Between[] =>
  later(a, from) < sooner(b, to) ? [[later(a, from), sooner(b, to)]] : [];
const without = (open: Between, { from, to }: { readonly from: string; readonly to: string }): Between[] => [
  ...within(open, [open[0], from]),
  ...within(open, [to, open[1]]),
];

/**
 * Whether any of a breach lies in audited time. Neither hours nor exemptions hide a breach, but only audited time makes a verdict.
 * Instants of a manifest are of one form, so that their order is that of their texts.
 */
export function isAudited({ from, to }: ManifestResult["episodes"][number], { schedule, exemptions }: ManifestResult): boolean {
  const open = schedule.flatMap((one) => within(one, [from, to]));
  const inTime = exemptions.flatMap(({ from: begins, to: ends, declared_at: declaredAt, withdrawn_at: withdrawn = null }) => {
    const left = exemptTime({ from: begins, to: ends, declaredAt }, withdrawn);
    return left === null || left.declaredAt > left.from ? [] : [left];
  });
  return inTime.reduce((left, one) => left.flatMap((stretch) => without(stretch, one)), open).length > 0;
}
