import { readFileSync } from "node:fs";

/** The commands of a page of the docs that stand below `<!-- walked: NAME -->`, as they stand there. */
export function walkedCommands(page: string, name: string): string {
  const text = readFileSync(page, "utf8");
  const found = text.split(`<!-- walked: ${name} -->\n`)[1]?.match(/^```sh\n([\s\S]*?)^```$/m)?.[1];
  if (found === undefined) throw new Error(`Cannot find the commands ${name} in ${page}`);
  return found;
}
