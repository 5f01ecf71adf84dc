/** Colours of a canvas chart, read from the page's style, so that light and dark are decided in one place. */
export interface Palette {
  readonly ink: string;
  readonly muted: string;
  readonly line: string;
  readonly zero: string;
  readonly surface: string;
  readonly bound: string;
  readonly boundSoft: string;
  readonly boundTight: string;
  readonly doubt: string;
  readonly doubtSoft: string;
  readonly unknownSoft: string;
  readonly gapLine: string;
  readonly truth: string;
  readonly claim: string;
  readonly claimSoft: string;
  readonly clash: string;
  readonly font: string;
}

export function readPalette(element: Element): Palette {
  const style = getComputedStyle(element);
  const read = (name: string): string => style.getPropertyValue(`--${name}`).trim();
  return {
    ink: read("ink"),
    muted: read("muted"),
    line: read("line"),
    zero: read("zero"),
    surface: read("surface"),
    bound: read("bound"),
    boundSoft: read("bound-soft"),
    boundTight: read("bound-tight"),
    doubt: read("doubt"),
    doubtSoft: read("doubt-soft"),
    unknownSoft: read("unknown-soft"),
    gapLine: read("gap-line"),
    truth: read("truth"),
    claim: read("claim"),
    claimSoft: read("claim-soft"),
    clash: read("clash"),
    font: style.fontFamily,
  };
}
