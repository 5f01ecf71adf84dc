import type { StampRow } from "@truebound/wire";
import { csvField } from "./csv.ts";
import type { StampQuestion } from "./stamp-limit.ts";

export const STAMP_FORMATS = ["json", "csv"] as const;
export type StampFormat = (typeof STAMP_FORMATS)[number];

export const sayRow = (format: StampFormat): ((row: StampRow) => string) => (format === "json" ? (row) => JSON.stringify(row) : csvRow);

/** Text piece by piece, as rows that `sayRow` said come. */
export const writeStamps = (
  format: StampFormat,
  rows: AsyncIterable<readonly string[]>,
  question: StampQuestion | null,
): AsyncGenerator<string> => (format === "json" ? inJson(rows, question) : inCsv(rows));

/** Rows in one piece of text. */
const PIECE = 1_000;

function* piecesOf(rows: readonly string[]): Generator<readonly string[]> {
  for (let start = 0; start < rows.length; start += PIECE) yield rows.slice(start, start + PIECE);
}

async function* inJson(blocks: AsyncIterable<readonly string[]>, question: StampQuestion | null): AsyncGenerator<string> {
  const { limit, scope } = question ?? {};
  const head = { limit_ns: limit?.max.toString() ?? null, profile: limit?.profile ?? null, scope: scope?.name ?? null };
  yield `${JSON.stringify(head).slice(0, -1)},"items":[`;
  let separator = "\n";
  for await (const block of blocks)
    for (const rows of piecesOf(block)) {
      yield separator + rows.join(",\n");
      separator = ",\n";
    }
  yield '\n],"next":null}\n';
}

const COLUMNS = [
  "line",
  "id",
  "host",
  "timestamp",
  "earliest",
  "latest",
  "status",
  "reason",
  "divergence_lo_ns",
  "divergence_hi_ns",
  "app_error_ns",
  "inside",
  "evidence",
  "simulated",
  "error",
] as const satisfies readonly (keyof StampRow)[];

async function* inCsv(blocks: AsyncIterable<readonly string[]>): AsyncGenerator<string> {
  yield `${COLUMNS.join(",")}\n`;
  for await (const block of blocks) for (const rows of piecesOf(block)) yield `${rows.join("\n")}\n`;
}

const csvRow = (row: StampRow): string => COLUMNS.map((name) => csvField(said(row[name]))).join(",");

const said = (value: StampRow[keyof StampRow]): string =>
  value === null ? "" : typeof value === "object" ? `${value.epoch}/${value.seq}` : String(value);
