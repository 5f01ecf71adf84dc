import { type ExpositionFormat, exposeFamily, expositionEnd, type MetricSample } from "@truebound/wire";
import { Counter, Registry } from "prom-client";
import {
  COUNTER_FAMILIES,
  type CounterName,
  type Counters,
  type Family,
  FLEET_FAMILIES,
  type FleetFamilyName,
  HISTOGRAM_FAMILIES,
  type HistogramName,
} from "../../metrics/families.ts";
import type { Sample } from "../../metrics/fleet-samples.ts";
import { turns } from "../turns.ts";

export interface MetricsPage extends Counters {
  /** What a Prometheus server reads. Gauges are made anew each time, so that a host that left leaves nothing. */
  text(format?: ExpositionFormat): Promise<string>;
}

/** What grew since this process began, where it is kept by who counts it. */
export type Histograms = Readonly<Record<HistogramName, () => readonly MetricSample[]>>;
const NONE: Histograms = { reportedErrorBound: () => [] };

export function metricsPage(fleet: () => readonly Sample[], histograms: Histograms = NONE): MetricsPage {
  const registers = [new Registry()];
  const counters = mapValues(
    COUNTER_FAMILIES,
    ({ name, help, labels }: Family) => new Counter({ name, help, labelNames: [...labels], registers }),
  );
  return {
    add: (counter: CounterName, labels, by = 1) => counters[counter].inc(labels, by),
    text: async (format = "text") => {
      const gauges = byFamily(fleet());
      const pause = turns();
      let page = "";
      const write = async (family: Family, samples: readonly MetricSample[]) => {
        page += exposeFamily(family, samples, format);
        // Of a large fleet a page is megabytes: who reports meanwhile is not kept waiting.
        await pause();
      };
      for (const name of namesOf(FLEET_FAMILIES)) await write(FLEET_FAMILIES[name], gauges.get(name) ?? []);
      for (const name of namesOf(HISTOGRAM_FAMILIES)) await write(HISTOGRAM_FAMILIES[name], histograms[name]());
      for (const name of namesOf(COUNTER_FAMILIES)) await write(COUNTER_FAMILIES[name], await counted(counters[name]));
      return page + expositionEnd(format);
    },
  };
}

const counted = async (counter: Counter): Promise<MetricSample[]> =>
  (await counter.get()).values.map(({ labels, value }) => ({ labels: mapValues(labels, String), value }));

function byFamily(samples: readonly Sample[]): Map<FleetFamilyName, Sample[]> {
  const found = new Map<FleetFamilyName, Sample[]>();
  for (const sample of samples) {
    const known = found.get(sample.family);
    if (known === undefined) found.set(sample.family, [sample]);
    else known.push(sample);
  }
  return found;
}

const namesOf = <K extends string>(families: Readonly<Record<K, Family>>): K[] => Object.keys(families) as K[];

const mapValues = <K extends string, V, R>(record: Readonly<Record<K, V>>, change: (value: V) => R): Record<K, R> =>
  Object.fromEntries(Object.entries(record).map(([key, value]) => [key, change(value as V)])) as Record<K, R>;
