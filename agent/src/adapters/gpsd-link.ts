import { connect } from "node:net";
import { createInterface } from "node:readline";
import { GPSD_WATCH } from "../evidence/gpsd-evidence.ts";

/** gpsd's reports as they come, line by line, until the connection ends; rejects with what went wrong. */
export async function* gpsdReports(host: string, port: number): AsyncGenerator<string> {
  const socket = connect({ host, port });
  socket.setTimeout(SILENT_MS, () => socket.destroy(new Error(`gpsd says nothing for ${SILENT_MS / 1000} s`)));
  socket.write(GPSD_WATCH);
  const failed = new Promise<never>((_, reject) => socket.once("error", reject));
  failed.catch(() => undefined);
  try {
    for await (const line of createInterface({ input: socket, crlfDelay: Number.POSITIVE_INFINITY }))
      if (line.length <= MOST_LINE) yield line;
    // A connection that broke ends the lines too.
    if (socket.errored !== null) await failed;
  } finally {
    socket.destroy();
  }
}

const SILENT_MS = 60_000;
/** SKY with all satellites of four systems is the longest report. */
const MOST_LINE = 64 * 1024;
