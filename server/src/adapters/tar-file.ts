import { writeFileSync } from "node:fs";
import { gzipSync } from "node:zlib";

const BLOCK = 512;

/** Writes texts as one .tar.gz (ustar), readable by its owner alone. Throws where the file is there already. */
export function writeTarGz(path: string, files: readonly { readonly name: string; readonly text: string }[], seconds: bigint): void {
  const parts = files.flatMap(({ name, text }) => {
    const bytes = Buffer.from(text);
    return [header(name, bytes.length, seconds), bytes, Buffer.alloc((BLOCK - (bytes.length % BLOCK)) % BLOCK)];
  });
  writeFileSync(path, gzipSync(Buffer.concat([...parts, Buffer.alloc(2 * BLOCK)])), { flag: "wx", mode: 0o600 });
}

/** `seconds` is what a reader is shown as the time of the file. */
function header(name: string, size: number, seconds: bigint): Buffer {
  const block = Buffer.alloc(BLOCK);
  const put = (text: string, at: number) => block.write(text, at, "latin1");
  const octal = (value: bigint | number, digits: number) => value.toString(8).padStart(digits, "0");
  put(name, 0);
  put(octal(0o600, 7), 100);
  put(octal(0, 7), 108);
  put(octal(0, 7), 116);
  put(octal(size, 11), 124);
  put(octal(seconds, 11), 136);
  put(" ".repeat(8), 148);
  put("0", 156);
  put("ustar\0" + "00", 257);
  put(
    `${octal(
      block.reduce((sum, byte) => sum + byte, 0),
      6,
    )}\0 `,
    148,
  );
  return block;
}
