import type { Run } from "./conflict.ts";
import type { Made } from "./made.ts";
import type { Stretches } from "./stretches.ts";

/** The longest stretch of audited time in which no evidence was made; null = none was made in any of it. */
export function longestGap(runs: readonly Pick<Run, "made">[], audited: Stretches): bigint | null {
  let [longest, index, isAny] = [0n, 0, false];
  const made = runs.flatMap((run) => run.made);
  for (const { from, to } of audited) {
    let at = from;
    while (index > 0 && (made[index - 1] as Made).to >= from) index -= 1;
    for (; index < made.length && (made[index] as Made).from < to; index++) {
      const one = made[index] as Made;
      if (one.to < from) continue;
      isAny = true;
      if (one.from - at > longest) longest = one.from - at;
      if (one.to > at) at = one.to;
    }
    if (to - at > longest) longest = to - at;
  }
  return isAny ? longest : null;
}
