import { Counter, Gauge, Registry } from "prom-client";
import {
  COUNTER_FAMILIES,
  type CounterName,
  type Counters,
  type Family,
  FLEET_FAMILIES,
  type FleetFamilyName,
} from "../../metrics/families.ts";
import type { Sample } from "../../metrics/fleet-samples.ts";

export interface MetricsPage extends Counters {
  readonly contentType: string;
  /** The text that a Prometheus server reads; fleet gauges are made anew each time, so that a host that left leaves nothing. */
  text(): Promise<string>;
}

export function metricsPage(fleet: () => readonly Sample[]): MetricsPage {
  const registry = new Registry();
  const gauges = mapValues(FLEET_FAMILIES, (family: Family) => new Gauge({ ...head(family), registers: [registry] }));
  const counters = mapValues(COUNTER_FAMILIES, (family: Family) => new Counter({ ...head(family), registers: [registry] }));
  return {
    contentType: registry.contentType,
    add: (counter: CounterName, labels, count = 1) => counters[counter].inc(labels, count),
    text: () => {
      for (const name of Object.keys(gauges) as FleetFamilyName[]) forget(gauges[name], FLEET_FAMILIES[name]);
      for (const { family, labels, value } of fleet()) gauges[family satisfies FleetFamilyName].set(labels, value);
      return registry.metrics();
    },
  };
}

/** One without labels would show a zero after the reset alone. */
function forget(gauge: Gauge, { labels }: Family): void {
  gauge.reset();
  if (labels.length === 0) gauge.remove();
}

const head = ({ name, help, labels }: Family) => ({ name, help, labelNames: [...labels] });

const mapValues = <K extends string, V, R>(record: Readonly<Record<K, V>>, change: (value: V) => R): Record<K, R> =>
  Object.fromEntries(Object.entries(record).map(([key, value]) => [key, change(value as V)])) as Record<K, R>;
