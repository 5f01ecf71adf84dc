import type { FleetEntry } from "./watcher.ts";

/** The host that runs on this machine and measures its clock; null = none is known. A simulated clock is nobody's own. */
export const ownHost = (entries: readonly FleetEntry[], bootId: string): FleetEntry | null =>
  entries.find(
    ({ record, liveness }) =>
      record.bootId === bootId && record.assumptions?.stamp_mode !== "simulated" && liveness !== "retired" && liveness !== "revoked",
  ) ?? null;
