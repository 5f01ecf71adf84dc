import { maxOf, minOf } from "@truebound/time";
import type { EvidenceItem, RecordedSpan } from "./host-evidence.ts";
import { type Cover, piecesOf, type Silence } from "./pieces.ts";

type PlacedSpan = RecordedSpan & { readonly bootId: string };

/** What the minute spans of batches and statements say, as one step function; where two do not join, nothing. */
export function spanPieces(items: Iterable<EvidenceItem>, counts: (status: string) => boolean, ever: Silence): Cover[] {
  const spans: PlacedSpan[] = [];
  for (const item of items) {
    if (item.kind === "unreadable" || item.record.rehearsed) continue;
    for (const span of item.record.spans) if (counts(span.status)) spans.push({ ...span, bootId: item.record.bootId });
  }
  return piecesOf(spans.map(coverOf), silencesOf(spans, ever));
}

const coverOf = ({ fromRealtime, toRealtime, lo, hi }: RecordedSpan): Cover => ({ from: fromRealtime + lo, to: toRealtime + hi, lo, hi });

function silencesOf(spans: readonly PlacedSpan[], ever: Silence): Silence[] {
  const [first, last] = [spans[0], spans.at(-1)];
  if (first === undefined || last === undefined) return [];
  const silences = [
    { from: ever.from, to: first.fromRealtime + first.hi },
    { from: last.toRealtime + last.lo, to: ever.to },
  ];
  for (let index = 1; index < spans.length; index++) {
    const [a, b] = [spans[index - 1] as PlacedSpan, spans[index] as PlacedSpan];
    if (a.bootId !== b.bootId || a.toRaw !== b.fromRaw)
      silences.push({
        from: minOf(a.toRealtime + a.lo, b.fromRealtime + b.lo),
        to: maxOf(a.toRealtime + a.hi, b.fromRealtime + b.hi),
      });
  }
  return silences;
}
