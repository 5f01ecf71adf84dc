import type { Terms } from "@truebound/wire";

/** What makes the bound as wide as it is, in the order of the measurement's path. What a slew adds lies beside it, between two looks. */
export interface Term {
  readonly name: string;
  readonly means: string;
  readonly width_ns: bigint;
  /** Share of the whole, 0 to 1; for drawing. */
  readonly share: number;
}

const MEANINGS: readonly { readonly key: keyof Terms; readonly name: string; readonly means: string }[] = [
  { key: "path_ns", name: "path", means: "half of the round trip: the way there and back need not be equal" },
  { key: "root_ns", name: "root", means: "what the source says about its own distance from UTC" },
  { key: "precision_ns", name: "precision", means: "the resolution of both clocks" },
  { key: "stamp_ns", name: "stamp", means: "how exactly the host could take its times" },
  { key: "drift_ns", name: "drift", means: "what the oscillator may have strayed since" },
];

export function termsOf(terms: Terms): Term[] {
  const total = MEANINGS.reduce((sum, { key }) => sum + BigInt(terms[key]), 0n);
  return MEANINGS.map(({ key, name, means }) => {
    const width_ns = BigInt(terms[key]);
    return { name, means, width_ns, share: total === 0n ? 0 : Number(width_ns) / Number(total) };
  });
}

export const dominant = (terms: readonly Term[]): Term | undefined =>
  terms.reduce<Term | undefined>((most, term) => (most === undefined || term.width_ns > most.width_ns ? term : most), undefined);
