import { connect } from "node:net";
import { GPSD_WATCH } from "../evidence/gpsd-evidence.ts";

/** gpsd's reports as they come, line by line, until the connection ends; rejects with what went wrong. */
export async function* gpsdReports(host: string, port: number): AsyncGenerator<string> {
  const socket = connect({ host, port });
  socket.setTimeout(SILENT_MS, () => socket.destroy(new Error(`gpsd says nothing for ${SILENT_MS / 1000} s`)));
  socket.write(GPSD_WATCH);
  socket.setEncoding("utf8");
  let rest = "";
  try {
    for await (const text of socket) {
      const lines = `${rest}${text}`.split("\n");
      rest = lines.pop() ?? "";
      for (const line of lines) if (line.length <= MOST_LINE) yield line.replace(/\r$/, "");
      if (rest.length > MOST_KEPT) throw new Error(`gpsd says a line of more than ${MOST_KEPT} characters`);
    }
  } finally {
    socket.destroy();
  }
}

const SILENT_MS = 60_000;
/** SKY with all satellites of four systems is the longest report. */
const MOST_LINE = 64 * 1024;
/** Of one that is too long so much is waited for: it may end soon. */
const MOST_KEPT = 2 * MOST_LINE;
