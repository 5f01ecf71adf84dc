import { exemptTime, type ManifestResult, type ReportManifest } from "@truebound/audit";
import { type Band, COLUMNS, type Run } from "./blocks.ts";
import { placeOfInstant } from "./place-of-instant.ts";
import { isInstantVerdict, SEVERITY } from "./words.ts";

type Period = ReportManifest["period"];

/** A verdict a column: the worst of what lies in it, so that the shortest breach is drawn. */
export function bandOf({ spans, schedule, exemptions }: ManifestResult, period: Period): Band {
  const place = placing(period);
  const declared = exemptions.flatMap(({ from, to, declared_at, withdrawn_at = null }) => {
    const left = exemptTime({ from, to, declaredAt: declared_at }, withdrawn_at);
    return left === null ? [] : [[left.from, left.to, "exempt"] as const];
  });
  return {
    kind: "band",
    ...period,
    runs: runsOf(spans.flatMap(place), rankOf),
    scheduled: runsOf(schedule.map(([from, to]) => [from, to, "scheduled"] as const).flatMap(place), () => 0),
    exempt: runsOf(declared.flatMap(place), () => 0),
  };
}

const rankOf = (word: string): number => (isInstantVerdict(word) ? SEVERITY.indexOf(word) : SEVERITY.length);

/** Columns that a stretch touches: none of it is left out, whatever its length. */
function placing({ from, to }: Period): (stretch: readonly [string, string, string]) => Run[] {
  const [begin, end] = [placeOfInstant(from), placeOfInstant(to)];
  const length = end - begin;
  const columns = BigInt(COLUMNS);
  return ([a, b, verdict]) => {
    const [first, last] = [placeOfInstant(a) - begin, placeOfInstant(b) - begin];
    if (length <= 0n || last <= 0n || first >= length) return [];
    const column = (first < 0n ? 0n : first) * columns;
    const until = (last > length ? length : last) * columns;
    return [{ from: Number(column / length), to: Number((until + length - 1n) / length), verdict }];
  };
}

function runsOf(placed: readonly Run[], rank: (verdict: string) => number): Run[] {
  const worst = Array.from<string | undefined>({ length: COLUMNS });
  for (const { from, to, verdict } of placed)
    for (let column = from; column < to; column++) {
      const there = worst[column];
      if (there === undefined || rank(verdict) < rank(there)) worst[column] = verdict;
    }
  return joined(worst);
}

function joined(columns: readonly (string | undefined)[]): Run[] {
  const runs: Run[] = [];
  columns.forEach((verdict, column) => {
    const last = runs.at(-1);
    if (verdict === undefined) return;
    if (last?.verdict === verdict && last.to === column) runs[runs.length - 1] = { ...last, to: column + 1 };
    else runs.push({ from: column, to: column + 1, verdict });
  });
  return runs;
}
