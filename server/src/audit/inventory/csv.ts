/** Names of the column of hosts, as lists of hosts have it. */
const COLUMNS = ["host", "hostname", "host_name", "name", "fqdn", "server"];

/**
 * Names in the column whose title is one of those above; without such a title the first column, from the first line on. RFC 4180: a
 * field may stand in quotes. Separated by commas, semicolons or tabs. Lines that begin with # are none.
 */
export function readCsv(text: string): readonly string[] | string {
  const separator = separatorOf(text);
  const rows = rowsOf(text, separator);
  if (typeof rows === "string") return rows;
  const [first = []] = rows;
  const column = first.findIndex((field) => COLUMNS.includes(field.trim().toLowerCase()));
  const named = column === -1 ? rows : rows.slice(1);
  const short = named.findIndex((row) => (row[Math.max(column, 0)] ?? "").trim() === "");
  if (short !== -1) return `row ${short + (column === -1 ? 1 : 2)} names no host in column ${Math.max(column, 0) + 1}`;
  return named.map((row) => (row[Math.max(column, 0)] as string).trim());
}

const separatorOf = (text: string): string => {
  const line = text.split(/\r?\n/).find((one) => one.trim() !== "" && !one.startsWith("#")) ?? "";
  return [",", ";", "\t"].find((one) => line.includes(one)) ?? ",";
};

/** Rows of fields; empty lines and comments are none. */
function rowsOf(text: string, separator: string): string[][] | string {
  const rows: string[][] = [];
  let row: string[] = [];
  let at = 0;
  while (at < text.length) {
    if (row.length === 0 && text[at] === "#") {
      at = endOfLine(text, at);
      continue;
    }
    const field = text[at] === '"' ? quoted(text, at) : bare(text, at, separator);
    if (field === null) return `row ${rows.length + 1} has a quote without an end`;
    row.push(field.value);
    at = field.end;
    if (text[at] === separator) {
      at += 1;
      if (at < text.length) continue;
    }
    at = endOfLine(text, at);
    if (row.some((value) => value.trim() !== "")) rows.push(row);
    row = [];
  }
  return rows;
}

interface FieldEnd {
  readonly value: string;
  readonly end: number;
}

function quoted(text: string, from: number): FieldEnd | null {
  const [whole, inner] = /^"((?:[^"]|"")*)"/.exec(text.slice(from)) ?? [];
  return whole === undefined || inner === undefined ? null : { value: inner.replaceAll('""', '"'), end: from + whole.length };
}

function bare(text: string, from: number, separator: string): FieldEnd {
  let end = from;
  while (end < text.length && text[end] !== separator && text[end] !== "\n" && text[end] !== "\r") end += 1;
  return { value: text.slice(from, end), end };
}

/** Behind the end of this line. */
function endOfLine(text: string, from: number): number {
  const end = text.indexOf("\n", from);
  return end === -1 ? text.length : end + 1;
}
