import type { AlertFigures } from "../alert/alert-keeper.ts";
import type { Sample } from "./fleet-samples.ts";

/** What goes on, as the judge wrote it last; nothing where another server judges. */
export function alertSamples(figures: AlertFigures | null, monotonicMs: number): Sample[] {
  if (figures === null) return [];
  const { book, tookMs, judgedAtMs } = figures;
  const alerts = counted([...book.alerts.values()].map(({ rule, severity }) => JSON.stringify({ rule, severity })));
  const incidents = counted([...book.incidents.values()].map(({ severity }) => JSON.stringify({ severity })));
  return [
    ...alerts.map(([labels, value]): Sample => ({ family: "alerts", labels, value })),
    ...incidents.map(([labels, value]): Sample => ({ family: "incidentsOpen", labels, value })),
    { family: "alertEvaluation", labels: {}, value: tookMs / 1000 },
    { family: "alertEvaluationAge", labels: {}, value: (monotonicMs - judgedAtMs) / 1000 },
  ];
}

function counted(keys: readonly string[]): [Record<string, string>, number][] {
  const counts = new Map<string, number>();
  for (const key of keys) counts.set(key, (counts.get(key) ?? 0) + 1);
  return [...counts].map(([key, count]) => [JSON.parse(key) as Record<string, string>, count]);
}
