type LabelSet = Readonly<Record<string, string>>;

const PAIR = /^([a-zA-Z_][a-zA-Z0-9_]{0,62})=(.{1,200})$/u;

/** `name=value, name=value` as labels, or what is wrong with a part of it. */
export function labelsOf(text: string): LabelSet | string {
  const parts = text
    .split(",")
    .map((part) => part.trim())
    .filter((part) => part !== "");
  const wrong = parts.find((part) => !PAIR.test(part));
  if (wrong !== undefined) return `Cannot read the label ${JSON.stringify(wrong)}: write name=value, several with a comma between`;
  return Object.fromEntries(parts.map((part) => PAIR.exec(part)?.slice(1, 3) ?? []));
}

export const labelsText = (labels: LabelSet): string =>
  Object.entries(labels)
    .map(([name, value]) => `${name}=${value}`)
    .join(" ");
