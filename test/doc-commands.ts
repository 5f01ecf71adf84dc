import { readFileSync } from "node:fs";

/** The commands of a page of the docs that stand below `<!-- walked: NAME -->`, as they stand there. */
export function walkedCommands(page: string, name: string): string {
  const text = readFileSync(page, "utf8");
  const found = text.split(`<!-- walked: ${name} -->\n`)[1]?.match(/^```sh\n([\s\S]*?)^```$/m)?.[1];
  if (found === undefined) throw new Error(`Cannot find the commands ${name} in ${page}`);
  return found;
}

/** All that a page gives to type: the lines of its blocks of commands, joined where one goes on. */
export function typedLines(page: string): string[] {
  const blocks = [...readFileSync(page, "utf8").matchAll(/^ *```sh\n([\s\S]*?)^ *```$/gm)].map(([, block = ""]) => block);
  return blocks.flatMap((block) => block.replace(/\\\n/g, " ").split("\n")).filter((line) => line.trim() !== "");
}

const WORD = /'([^']*)'|"((?:[^"\\]|\\.)*)"|(&&|\|\||[|;<>]|#.*$)|([^\s'"|;<>]+)/g;

/** The commands of ours on a line, each as its words; what a shell does beside them is left out. */
export function ourCommands(line: string): string[][] {
  const commands: string[][] = [[]];
  let isTarget = false;
  for (const [, single, double, sign, plain] of line.matchAll(WORD)) {
    if (sign?.startsWith("#")) break;
    if (sign === "<" || sign === ">") isTarget = true;
    else if (sign !== undefined) commands.push([]);
    else if (isTarget) isTarget = false;
    else commands.at(-1)?.push(single ?? double ?? plain ?? "");
  }
  return commands.map(withoutBefore).filter(([program]) => program === "truebound" || program === "truebound-agent");
}

/** Settings before a command, and what starts it, are no words of it. */
function withoutBefore(words: string[]): string[] {
  const from = words.findIndex((word) => !/^[A-Z_]+=/.test(word) && word !== "npx" && word !== "sudo");
  return from === -1 ? [] : words.slice(from);
}
