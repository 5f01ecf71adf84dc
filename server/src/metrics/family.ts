/** A metric, as data. What is unknown has no sample, never a zero. */
export interface Family {
  readonly name: string;
  readonly kind: "gauge" | "counter" | "histogram";
  readonly help: string;
  readonly labels: readonly string[];
}
