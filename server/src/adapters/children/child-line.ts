export interface ChildLine {
  readonly level: "info" | "warn" | "error";
  readonly text: string;
}

/** An agent's line begins with its time, by the same host's clock as ours, and its level; the demo marks only its warnings. */
export function childLine(line: string): ChildLine {
  const [, level, text] = /^\S+Z host-clock (info|warn|error) +(.*)$/.exec(line) ?? [];
  if (level !== undefined && text !== undefined) return { level: level as ChildLine["level"], text };
  const warning = /^warning: (.*)$/.exec(line)?.[1];
  return warning === undefined ? { level: "info", text: line } : { level: "warn", text: warning };
}
