import type { FleetEntry } from "./watcher.ts";

type Known = Pick<FleetEntry, "record">;

/** Whether this host runs on this machine and measures its clock. A simulated clock is nobody's own. */
export const isOwn = ({ record }: Known, bootId: string): boolean =>
  record.bootId === bootId && record.assumptions?.stamp_mode !== "simulated" && record.state === "active";

/** The host that measures this machine's clock; null = none is known. */
export const ownHost = <T extends Known>(entries: readonly T[], bootId: string): T | null =>
  entries.find((entry) => isOwn(entry, bootId)) ?? null;
