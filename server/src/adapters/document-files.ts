import { createReadStream } from "node:fs";
import { writeFile } from "node:fs/promises";
import { basename } from "node:path";
import type { TraceabilityPorts } from "../traceability/ports.ts";

/** Files of the person who calls the command. */
export const documentFiles: TraceabilityPorts["files"] = {
  async read(path, most) {
    const parts: Buffer[] = [];
    let bytes = 0;
    for await (const part of createReadStream(path)) {
      bytes += (part as Buffer).length;
      if (bytes > most) throw new RangeError(`it is larger than ${most} bytes; keep it elsewhere and add it with --hash-only`);
      parts.push(part as Buffer);
    }
    return Buffer.concat(parts);
  },
  write: (path, bytes) => writeFile(path, bytes, { flag: "wx" }),
  nameOf: (path) => basename(path).slice(0, 255),
};
