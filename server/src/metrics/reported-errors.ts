import { worstError } from "@truebound/time";
import type { MetricSample } from "@truebound/wire";
import type { FleetEntry } from "../fleet/watcher.ts";
import { toSeconds } from "./fleet-samples.ts";

/** Seconds: the limits that rules and laws set on clocks, and what lies between. */
const EDGES = [1e-6, 1e-5, 1e-4, 1e-3, 5e-3, 0.01, 0.05, 0.1, 1, Number.POSITIVE_INFINITY];

type Exemplar = NonNullable<MetricSample["exemplar"]>;

/** The worst errors of the reports that this process saw, each once, with the latest report of each size as its example. */
export class ReportedErrors {
  readonly #seen = new Map<string, string>();
  readonly #counts = EDGES.map(() => 0);
  readonly #examples = EDGES.map((): Exemplar | null => null);
  #sum = 0;

  /** What was there before this process began to look is no report that it saw. */
  heard({ record, ageMs }: FleetEntry): void {
    const place = `${record.id}/${record.epoch}/${record.seq}`;
    if (ageMs === null || this.#seen.get(record.id) === place) return;
    this.#seen.set(record.id, place);
    if (record.bound === null) return;
    const value = toSeconds(worstError(record.bound), "up");
    const bucket = EDGES.findIndex((edge) => value <= edge);
    this.#counts[bucket] = (this.#counts[bucket] as number) + 1;
    this.#examples[bucket] = { labels: { sample_id: place }, value };
    this.#sum += value;
  }

  samples(): MetricSample[] {
    let below = 0;
    const buckets = EDGES.map((edge, index): MetricSample => {
      below += this.#counts[index] as number;
      const exemplar = this.#examples[index];
      const labels = { le: edge === Number.POSITIVE_INFINITY ? "+Inf" : String(edge) };
      return { part: "bucket", labels, value: below, ...(exemplar ? { exemplar } : {}) };
    });
    return [...buckets, { part: "sum", labels: {}, value: this.#sum }, { part: "count", labels: {}, value: below }];
  }
}
