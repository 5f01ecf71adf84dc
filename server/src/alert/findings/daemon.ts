import type { DaemonFinding } from "@truebound/wire";
import { type HostTest, truth } from "../finding.ts";

/** A daemon is asked twice a minute. What was said of it so long before the latest reading is no present. */
const OLD_NS = 600_000_000_000n;

/** What the host's agent finds of its daemon: it counts looks and ends episodes itself, so its word is taken as it is. */
export const daemonFinding =
  (finding: DaemonFinding): HostTest =>
  ({ isPresent, record: { daemon, asOf } }) => {
    if (!isPresent || daemon === null || asOf === null || asOf - daemon.at > OLD_NS) return "unknown";
    // Neither is it over: an alert that goes on is ended by an agent that judged, not by one that cannot.
    if (daemon.unjudged?.includes(finding)) return "unknown";
    return truth(daemon.findings.includes(finding));
  };
