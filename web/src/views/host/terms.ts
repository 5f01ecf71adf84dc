import type { Terms } from "@truebound/wire";
import { TERM_WORDS, type TermName } from "../../format/term-words.ts";

/** What makes the bound as wide as it is, in the order of the measurement's path. What a slew adds lies beside it, between two looks. */
export interface Term {
  readonly name: string;
  readonly means: string;
  readonly width_ns: bigint;
  /** Share of the whole, 0 to 1; for drawing. */
  readonly share: number;
}

const PARTS: readonly { readonly key: keyof Terms; readonly name: TermName }[] = [
  { key: "path_ns", name: "path" },
  { key: "root_ns", name: "root" },
  { key: "precision_ns", name: "precision" },
  { key: "stamp_ns", name: "stamp" },
  { key: "drift_ns", name: "drift" },
];

export function termsOf(terms: Terms): Term[] {
  const total = PARTS.reduce((sum, { key }) => sum + BigInt(terms[key]), 0n);
  return PARTS.map(({ key, name }) => {
    const width_ns = BigInt(terms[key]);
    return { name, means: TERM_WORDS[name], width_ns, share: total === 0n ? 0 : Number(width_ns) / Number(total) };
  });
}

export const dominant = (terms: readonly Term[]): Term | undefined =>
  terms.reduce<Term | undefined>((most, term) => (most === undefined || term.width_ns > most.width_ns ? term : most), undefined);
