import { type Band, COLUMNS, type Run } from "./blocks.ts";
import { escaped } from "./escaped.ts";
import { INSTANT_WORDS, instantUtc, isInstantVerdict, SEVERITY } from "./words.ts";

/** Its height tells as well as its colour: [top, height] of 40. */
const SHAPES: Readonly<Record<string, readonly [number, number]>> = {
  VIOLATION: [0, 40],
  CONFLICT: [8, 32],
  UNPROVEN: [18, 22],
  NO_EVIDENCE: [36, 4],
  COMPLIANT: [8, 32],
};

const runRect = ({ from, to, verdict }: Run): string => {
  const [top, height] = SHAPES[verdict] ?? [36, 4];
  return `<rect class="v-${verdict}" x="${from}" y="${top}" width="${to - from}" height="${height}"/>`;
};

const strip = (runs: readonly Run[], name: string, y: number): string =>
  runs.map(({ from, to }) => `<rect class="${name}" x="${from}" y="${y}" width="${to - from}" height="4"/>`).join("");

export const bandSvg = ({ from, to, runs, scheduled, exempt }: Band): string =>
  [
    `<figure class="band"><svg viewBox="0 0 ${COLUMNS} 54" preserveAspectRatio="none" role="img" aria-label="Verdicts over time; exact figures stand below">`,
    `<line class="ground" x1="0" y1="40" x2="${COLUMNS}" y2="40"/>`,
    ...runs.map(runRect),
    strip(scheduled, "scheduled", 44),
    strip(exempt, "exempt", 49),
    "</svg>",
    `<figcaption><span>${escaped(instantUtc(from))}</span><span>${escaped(instantUtc(to))}</span></figcaption></figure>`,
  ].join("");

const sample = (word: string): string =>
  `<span class="key"><svg viewBox="0 0 12 40" aria-hidden="true">${runRect({ from: 0, to: 12, verdict: word })}</svg>${escaped(isInstantVerdict(word) ? INSTANT_WORDS[word] : word)}</span>`;

export const legend = (): string =>
  `<p class="legend">${[...SEVERITY].map(sample).join("")}<span class="key"><i class="strip-scheduled"></i>in scope</span><span class="key"><i class="strip-exempt"></i>exempt</span><span>The worst of what lies in one place is drawn.</span></p>`;
