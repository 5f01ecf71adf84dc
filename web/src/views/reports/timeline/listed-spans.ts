import type { Span } from "./span-words.ts";

/** More would be no list that anybody reads; the manifest has all. */
const MOST = 200;

/** All of a short list; of a long one what is not proved inside. */
export function listedSpans(spans: readonly Span[]): { readonly rows: readonly Span[]; readonly caption: string } {
  const count = `${spans.length} ${spans.length === 1 ? "stretch" : "stretches"}`;
  if (spans.length <= MOST) return { rows: spans, caption: count };
  const doubtful = spans.filter(([, , verdict]) => verdict !== "COMPLIANT");
  const rows = doubtful.slice(0, MOST);
  const which = rows.length < doubtful.length ? `The first ${rows.length} of ${doubtful.length}` : `The ${rows.length}`;
  return { rows, caption: `${which} of ${count} that are not proved inside; all are in manifest.json` };
}
