/** The lines between which a document holds what a program measured. */
export const BEGIN = "<!-- measured: begin -->";
export const END = "<!-- measured: end -->";

/** The document with `body` between its two markers; `null` = it does not hold each of them once, in order. */
export function replaceMeasured(document: string, body: string): string | null {
  const [before, rest, ...more] = document.split(BEGIN);
  const [, after, ...others] = (rest ?? "").split(END);
  if (before === undefined || after === undefined || more.length > 0 || others.length > 0 || before.includes(END)) return null;
  return `${before}${BEGIN}\n\n${body.trim()}\n\n${END}${after}`;
}
