/** One line of a CSV file (RFC 4180) without line breaks within a field; text = what is wrong with it. */
export function splitCsv(line: string): string[] | string {
  const fields: string[] = [];
  let at = 0;
  for (;;) {
    const field = line[at] === '"' ? quoted(line, at) : plain(line, at);
    if (typeof field === "string") return field;
    fields.push(field.text);
    if (field.end === line.length) return fields;
    at = field.end + 1;
  }
}

interface Field {
  readonly text: string;
  /** Of the comma behind it, or of the end. */
  readonly end: number;
}

function plain(line: string, at: number): Field {
  const comma = line.indexOf(",", at);
  const end = comma === -1 ? line.length : comma;
  return { text: line.slice(at, end).trim(), end };
}

function quoted(line: string, at: number): Field | string {
  const [, text, rest] = /^"((?:[^"]|"")*)"(.?)/.exec(line.slice(at)) ?? [];
  if (text === undefined) return "Cannot read the row: a quoted field has no end in its line";
  if (rest !== "" && rest !== ",") return "Cannot read the row: something follows a quoted field before the next comma";
  return { text: text.replaceAll('""', '"'), end: at + text.length + 2 };
}

/** Quoted where it must be. */
export const csvField = (text: string): string => (/[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text);
