import { leapsOf } from "@truebound/time";
import { expiryWarning, type SeenTime, secondsToExpiry } from "../leap/leap-expiry.ts";
import type { LeapKeeper } from "../leap/leap-keeper.ts";
import type { Log } from "../log.ts";
import type { Sample } from "../metrics/fleet-samples.ts";
import { leapSamples } from "../metrics/server-samples.ts";
import type { QueryStore } from "../query/ports.ts";

/** Once a minute: is there a newer list, what does the database's clock say, is a warning due? */
export function watchExpiry(leaps: LeapKeeper, { now }: Pick<QueryStore, "now">, log: Log) {
  let seen: SeenTime | null = null;
  let warnedMs: number | null = null;
  return {
    look: async (): Promise<void> => {
      leaps.look();
      try {
        seen = { now: await now(), atMs: performance.now() };
      } catch {
        return; // the look at the fleet tells of a database that does not answer
      }
      const warning = expiryWarning(leaps.kept.list, seen.now, seen.atMs, warnedMs);
      if (warning === null) return;
      warnedMs = seen.atMs;
      log.warn(warning);
    },
    samples: (): Sample[] => {
      const value = secondsToExpiry(leaps.kept.list, seen, performance.now());
      const expires: Sample[] = value === null ? [] : [{ family: "leapListExpiry", labels: {}, value }];
      return [...expires, ...leapSamples(leapsOf(leaps.kept.list), seen, performance.now())];
    },
  };
}
