/** What a run of one size took. */
export interface SizedCost {
  readonly count: number;
  /** In whatever unit. */
  readonly cost: number;
}

/** What is paid once, and what for each, by least squares over runs of several sizes; NaN of fewer than two sizes. */
export function fixedAndEach(runs: readonly SizedCost[]): { readonly fixed: number; readonly each: number } {
  const mean = (pick: (run: SizedCost) => number): number => runs.reduce((sum, run) => sum + pick(run), 0) / runs.length;
  const [count, cost] = [mean((run) => run.count), mean((run) => run.cost)];
  const together = mean((run) => (run.count - count) * (run.cost - cost));
  const each = together / mean((run) => (run.count - count) ** 2);
  return { fixed: cost - each * count, each };
}
