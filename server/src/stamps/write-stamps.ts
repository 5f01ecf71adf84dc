import type { StampRow } from "@truebound/wire";
import { csvField } from "./csv.ts";
import type { StampLimit } from "./stamp-limit.ts";

export const STAMP_FORMATS = ["json", "csv"] as const;
export type StampFormat = (typeof STAMP_FORMATS)[number];

/** Text piece by piece, as the blocks of answers come. */
export const writeStamps = (format: StampFormat, blocks: AsyncIterable<readonly StampRow[]>, limit: StampLimit | null): AsyncGenerator<string> =>
  format === "json" ? inJson(blocks, limit) : inCsv(blocks);

async function* inJson(blocks: AsyncIterable<readonly StampRow[]>, limit: StampLimit | null): AsyncGenerator<string> {
  const head = { limit_ns: limit?.max.toString() ?? null, profile: limit?.profile ?? null };
  yield `${JSON.stringify(head).slice(0, -1)},"items":[`;
  let separator = "\n";
  for await (const block of blocks) {
    yield separator + block.map((row) => JSON.stringify(row)).join(",\n");
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
  "inside",
  "evidence",
  "error",
] as const satisfies readonly (keyof StampRow)[];

async function* inCsv(blocks: AsyncIterable<readonly StampRow[]>): AsyncGenerator<string> {
  yield `${COLUMNS.join(",")}\n`;
  for await (const block of blocks) yield block.map((row) => `${COLUMNS.map((name) => csvField(said(row[name]))).join(",")}\n`).join("");
}

const said = (value: StampRow[keyof StampRow]): string =>
  value === null ? "" : typeof value === "object" ? `${value.epoch}/${value.seq}` : String(value);
