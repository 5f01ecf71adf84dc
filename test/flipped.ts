import { readFileSync, writeFileSync } from "node:fs";

/** One bit in the middle of a file is another one while something looks at it. */
export async function flipped(file: string, look: () => void | Promise<void>): Promise<void> {
  const bytes = readFileSync(file);
  const at = bytes.length >> 1;
  const hurt = Buffer.from(bytes);
  hurt[at] = (hurt[at] as number) ^ 1;
  writeFileSync(file, hurt);
  try {
    await look();
  } finally {
    writeFileSync(file, bytes);
  }
}
