import type { FleetEntry } from "./watcher.ts";

/** The host that runs on this machine and measures its clock; null = none is known. A simulated clock is nobody's own. */
export const ownHost = <T extends Pick<FleetEntry, "record">>(entries: readonly T[], bootId: string): T | null =>
  entries.find(({ record }) => record.bootId === bootId && record.assumptions?.stamp_mode !== "simulated" && record.state === "active") ??
  null;
