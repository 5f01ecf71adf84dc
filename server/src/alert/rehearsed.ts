import { DAEMON_FINDINGS, type FindingKind, type Rehearsal } from "@truebound/wire";
import type { HostRecord } from "../fleet/host-record.ts";

/** The longest pause between two reports, and some more: so long after its end a host may not have said that it is over. */
const UNSAID_MS = 330_000;

/** The fault that is shown now; one that its host declared and never ended, since it died, is over at last. */
export const shownFault = ({ rehearsal }: HostRecord, sinceReportMs: number): Rehearsal | null =>
  rehearsal !== null && sinceReportMs <= rehearsal.for_s * 1000 + UNSAID_MS ? rehearsal : null;

const BY_SILENCE: ReadonlySet<FindingKind> = new Set(["host_silent", "host_late"]);

/** What is told of the daemon is never told of a rehearsed clock. */
const REAL: ReadonlySet<FindingKind> = new Set(["clone_suspected", ...DAEMON_FINDINGS]);

/** Whether a finding rests on the fault. What the server sees for itself is real, but the silence that was declared. */
export const showsFault = (fault: Rehearsal | null, finding: FindingKind): boolean =>
  fault !== null && !REAL.has(finding) && (fault.fault === "silent" || !BY_SILENCE.has(finding));
