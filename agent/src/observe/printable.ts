/** Text of the host made fit for a report: nothing that a report may not carry, no more than `maxLength`; null when nothing is left. */
export function printable(text: string, maxLength: number): string | null {
  const clean = text.slice(0, maxLength).replace(/[^\u0020-\u007e\u00a0-\ud7ff\ue000-\ufffd]/g, "\ufffd");
  return clean === "" ? null : clean;
}
