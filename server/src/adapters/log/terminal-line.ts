/** One line for a person. The time is a label: whoever wants an order has that of the lines. */
export function terminalLine(at: Date, prefix: string, message: string, data: Readonly<Record<string, unknown>> = {}): string {
  const more = Object.entries(data).map(([name, value]) => ` ${name}=${printable(String(value))}`);
  return `${at.toISOString()} ${prefix}${printable(message)}${more.join("")}\n`;
}

/** What hosts chose may stand in a message: no control character of theirs reaches a terminal. */
const printable = (text: string): string => text.replace(/\p{Cc}+/gu, " ");
