import { type HostTest, truth } from "../finding.ts";

/** Only a report that was really seen ends a silence: a process that has just begun to look has seen none. */
export const hostSilent: HostTest = ({ presence }) => (presence === "unheard" ? "unknown" : truth(presence === "silent"));

/** Silence is more than late, and has an alert of its own. */
export const hostLate: HostTest = ({ presence }) =>
  presence === "unheard" || presence === "silent" ? "unknown" : truth(presence === "late");
