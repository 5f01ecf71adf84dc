import type { LabelSet } from "../policy/choose-policy.ts";

export const isLabelName = (text: string): boolean => /^[a-zA-Z_][a-zA-Z0-9_]{0,62}$/.test(text);

/** `name=value` words as labels, or what is wrong with one. */
export function labelsOf(label: readonly string[]): LabelSet | string {
  const pairs = label.map((text) => /^([a-zA-Z_][a-zA-Z0-9_]{0,62})=([\u0020-\u007e]{1,200})$/.exec(text));
  const wrong = label.find((_, index) => pairs[index] === null);
  if (wrong !== undefined) return `Cannot take --label ${wrong}: write name=value`;
  return Object.fromEntries(pairs.map((pair) => [pair?.[1], pair?.[2]]));
}

/** With a space before each. */
export const sayLabels = (labels: LabelSet): string =>
  Object.entries(labels)
    .map(([name, value]) => ` ${name}=${value}`)
    .join("");
