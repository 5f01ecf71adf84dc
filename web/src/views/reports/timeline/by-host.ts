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
  for (const result of [...results].sort(byHarm)) {
    const key = `${result.host ?? ""} ${result.name}`;
    const there = hosts.get(key);
    if (there === undefined) hosts.set(key, [result]);
    else there.push(result);
  }
  return [...hosts].map(([key, all]) => ({ key, host: all[0]?.host ?? null, name: all[0]?.name ?? "", results: all }));
}

function byHarm({ totals: a }: Result, { totals: b }: Result): number {
  const violation = sign(BigInt(b.violation_ns) - BigInt(a.violation_ns));
  if (violation !== 0) return violation;
  const [auditedA, auditedB] = [BigInt(a.audited_ns), BigInt(b.audited_ns)];
  if (auditedA === 0n || auditedB === 0n) return sign(auditedB - auditedA);
  return sign(BigInt(a.compliant_ns) * auditedB - BigInt(b.compliant_ns) * auditedA);
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
