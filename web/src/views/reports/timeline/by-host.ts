import type { Result } from "../manifest.ts";

export interface HostResults {
  readonly key: string;
  /** Null = without an agent, or a group. */
  readonly host: string | null;
  readonly name: string;
  /** The worst first. */
  readonly results: readonly Result[];
}

/** The most violation first, then the least of audited time proved; what is not audited comes last. As a report puts its results in order. */
export function byHost(results: readonly Result[]): readonly HostResults[] {
  const hosts = new Map<string, Result[]>();
  const weighed = results.map((result) => ({ result, ...weightOf(result) })).sort(byHarm);
  for (const { result } of weighed) {
    const key = `${result.host ?? ""} ${result.name}`;
    const there = hosts.get(key);
    if (there === undefined) hosts.set(key, [result]);
    else there.push(result);
  }
  return [...hosts].map(([key, all]) => ({ key, host: all[0]?.host ?? null, name: all[0]?.name ?? "", results: all }));
}

interface Weight {
  readonly violation: bigint;
  readonly audited: bigint;
  readonly compliant: bigint;
}

/** Once for each: a sort compares it many times. */
const weightOf = ({ totals }: Result): Weight => ({
  violation: BigInt(totals.violation_ns),
  audited: BigInt(totals.audited_ns),
  compliant: BigInt(totals.compliant_ns),
});

function byHarm(a: Weight, b: Weight): number {
  const violation = sign(b.violation - a.violation);
  if (violation !== 0) return violation;
  if (a.audited === 0n || b.audited === 0n) return sign(b.audited - a.audited);
  return sign(a.compliant * b.audited - b.compliant * a.audited);
}

const sign = (value: bigint): number => (value > 0n ? 1 : value < 0n ? -1 : 0);

/** Those whose name has the words, in the same order. */
export const named = (hosts: readonly HostResults[], words: string): readonly HostResults[] => {
  const asked = words.trim().toLowerCase();
  return asked === ""
    ? hosts
    : hosts.filter(({ name, results }) =>
        `${name} ${results.map(({ profile, scope }) => `${profile} ${scope}`).join(" ")}`.toLowerCase().includes(asked),
      );
};
