import { type Refusal, refuse } from "../refusal.ts";
import { splitCsv } from "./csv.ts";

/** A row of a file of stamps as it stands there. */
export interface GivenRow {
  /** From 1. */
  readonly line: number;
  readonly id: string;
  readonly host: string;
  readonly timestamp: string;
  /** What is wrong with it, before anybody looked at what it says; null = nothing. */
  readonly error: string | null;
}

export const MOST_ROWS = 100_000;
export const MOST_BYTES = 32 * 1024 * 1024;
const LONGEST_LINE = 2_000;

type Columns = Readonly<Record<"host" | "timestamp" | "id", number>>;
const USUAL: Columns = { host: 0, timestamp: 1, id: 2 };

/** Reads the file piece by piece, and keeps nothing of it but its rows. A header is optional, and says where the columns are. */
export async function readStamps(chunks: AsyncIterable<Uint8Array | string>): Promise<GivenRow[] | Refusal> {
  const rows: GivenRow[] = [];
  let [columns, line]: [Columns | null, number] = [null, 0];
  for await (const text of linesOf(chunks)) {
    if (text === null) return refuse("too_large", `Cannot take a file of more than ${MOST_BYTES} bytes at once: send it in parts`);
    line += 1;
    const bare = line === 1 ? text.replace(/^\uFEFF/, "") : text;
    if (bare.trim() === "") continue;
    if (columns === null) {
      const header = headerOf(bare);
      columns = header ?? USUAL;
      if (header !== null) continue;
    }
    if (rows.length === MOST_ROWS) return refuse("too_large", `Cannot take more than ${MOST_ROWS} stamps at once: send the file in parts`);
    rows.push(rowOf(bare, line, columns));
  }
  return rows;
}

/** Without their ends; null = there is more than is taken. A line that is too long is cut, so that its row is told to be bad. */
async function* linesOf(chunks: AsyncIterable<Uint8Array | string>): AsyncGenerator<string | null> {
  const decoder = new TextDecoder();
  let [rest, bytes] = ["", 0];
  for await (const chunk of chunks) {
    bytes += chunk.length;
    if (bytes > MOST_BYTES) return yield null;
    const lines = (rest + (typeof chunk === "string" ? chunk : decoder.decode(chunk, { stream: true }))).split("\n");
    rest = (lines.pop() ?? "").slice(0, LONGEST_LINE + 1);
    for (const line of lines) yield line.replace(/\r$/, "");
  }
  rest += decoder.decode();
  if (rest !== "") yield rest.replace(/\r$/, "");
}

function headerOf(line: string): Columns | null {
  const fields = splitCsv(line);
  const names = typeof fields === "string" ? [] : fields.map((name) => name.toLowerCase());
  const [host, timestamp] = [names.indexOf("host"), names.indexOf("timestamp")];
  return host === -1 || timestamp === -1 ? null : { host, timestamp, id: names.indexOf("id") };
}

function rowOf(text: string, line: number, { host, timestamp, id }: Columns): GivenRow {
  const bad = (error: string): GivenRow => ({ line, id: "", host: "", timestamp: "", error });
  if (text.length > LONGEST_LINE) return bad(`Cannot read the row: it is longer than ${LONGEST_LINE} characters`);
  const fields = splitCsv(text);
  if (typeof fields === "string") return bad(fields);
  const row = { line, id: fields[id] ?? "", host: fields[host] ?? "", timestamp: fields[timestamp] ?? "" };
  const missing = row.host === "" ? "host" : row.timestamp === "" ? "timestamp" : null;
  return { ...row, error: missing === null ? null : `Cannot place a stamp without a ${missing}: a row is host,timestamp,id` };
}
