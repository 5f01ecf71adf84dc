import type { Component } from "./component.ts";

const RULE = "=".repeat(78);

/** The notices of everything by others in an artefact; what is Truebound's own has the LICENSE beside it. */
export function notices(components: readonly Component[]): string {
  const others = components.filter(({ name }) => !name.startsWith("@truebound/"));
  return [
    "This package contains software by others, under the licences below.",
    ...others.map(({ name, version, licence, text }) => `${RULE}\n${name} ${version} (${licence})\n${RULE}\n\n${wordsOf(name, text)}`),
  ]
    .join("\n\n")
    .concat("\n");
}

function wordsOf(name: string, text: string | null): string {
  if (text === null) throw new Error(`Cannot write the notices: the package ${name} carries no licence text`);
  return text.trim().replaceAll("\r\n", "\n");
}
