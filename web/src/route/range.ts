/** The stretch of time on show, as the address carries it: `from=now-15m&to=now`, or instants in RFC 3339. */
export type RangeEnd = { readonly kind: "relative"; readonly back_ms: number } | { readonly kind: "absolute"; readonly at_ms: number };
export interface Range {
  readonly from: RangeEnd;
  readonly to: RangeEnd;
}

const UNIT_MS: Readonly<Record<string, number>> = { s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 };
const RELATIVE = /^now(?:-(\d{1,6})([smhd]))?$/;
const ABSOLUTE = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{1,9})?Z$/;

export const DEFAULT_RANGE: Range = { from: { kind: "relative", back_ms: 15 * 60_000 }, to: { kind: "relative", back_ms: 0 } };

/** `null` when the text names no time: the caller says so, and shows the default. */
export function parseEnd(text: string): RangeEnd | null {
  const relative = RELATIVE.exec(text);
  if (relative !== null) return { kind: "relative", back_ms: Number(relative[1] ?? 0) * (UNIT_MS[relative[2] ?? "s"] ?? 0) };
  const at_ms = ABSOLUTE.test(text) ? Date.parse(text) : Number.NaN;
  return Number.isNaN(at_ms) ? null : { kind: "absolute", at_ms };
}

/** The default where nothing is said, `null` where something is said that cannot be read. */
export function parseRange(from: string | null, to: string | null): Range | null {
  const start = from === null ? DEFAULT_RANGE.from : parseEnd(from);
  const end = to === null ? DEFAULT_RANGE.to : parseEnd(to);
  if (start === null || end === null) return null;
  const { from_ms, to_ms } = resolve({ from: start, to: end }, 0);
  const isSameKind = start.kind === end.kind;
  return isSameKind && from_ms >= to_ms ? null : { from: start, to: end };
}

export interface ResolvedRange {
  readonly from_ms: number;
  readonly to_ms: number;
}

/** `now_ms` comes from the server: the browser's clock may be wrong too. */
export const resolve = ({ from, to }: Range, now_ms: number): ResolvedRange => ({
  from_ms: instantOf(from, now_ms),
  to_ms: instantOf(to, now_ms),
});

const instantOf = (end: RangeEnd, now_ms: number): number => (end.kind === "absolute" ? end.at_ms : now_ms - end.back_ms);

/** A range that ends now moves with the clock. */
export const isLive = ({ to }: Range): boolean => to.kind === "relative" && to.back_ms === 0;

export function endText(end: RangeEnd): string {
  if (end.kind === "absolute") return new Date(end.at_ms).toISOString();
  return end.back_ms === 0 ? "now" : `now-${spanText(end.back_ms)}`;
}

function spanText(span_ms: number): string {
  const unit = ["d", "h", "m"].find((name) => span_ms % (UNIT_MS[name] ?? 1) === 0) ?? "s";
  return `${Math.round(span_ms / (UNIT_MS[unit] ?? 1))}${unit}`;
}
