import { countWords } from "../../../format/count-words.ts";
import { readTyped } from "../../../format/stamp-text.ts";

/** Lines of HOST,TIME as they were typed, once their times are read. */
export interface TypedStamps {
  /** With times as the server reads them; a line that cannot be read stands as it was typed, for the server to say so. */
  readonly csv: string;
  /** In so many lines no zone was typed, and UTC was taken. */
  readonly assumed: number;
}

/** Only of what somebody types and sees: a file is sent as it is, for nobody looks at how each of its lines was read. */
export function readStampLines(typed: string): TypedStamps {
  const lines = typed.split("\n");
  const header = (lines.find((line) => line.trim() !== "") ?? "").split(",").map((name) => name.trim().toLowerCase());
  const column = header.includes("host") && header.includes("timestamp") ? header.indexOf("timestamp") : 1;
  const read = lines.map((line) => readLine(line, column));
  return { csv: read.map(({ text }) => text).join("\n"), assumed: read.filter(({ isUtcAssumed }) => isUtcAssumed).length };
}

function readLine(line: string, column: number): ReturnType<typeof readTyped> & object {
  const fields = line.split(",");
  const read = line.includes('"') ? null : readTyped(fields[column] ?? "");
  if (read === null) return { text: line, isUtcAssumed: false };
  return { text: fields.map((field, index) => (index === column ? read.text : field)).join(","), isUtcAssumed: read.isUtcAssumed };
}

/** Null = UTC was assumed of none. */
export const assumedWords = ({ assumed }: TypedStamps): string | null =>
  assumed === 0 ? null : `${countWords(assumed, "time")} without a zone: read as UTC`;
