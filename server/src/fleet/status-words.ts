import { formatUtc, offsetInWords, type UtcInstant } from "@truebound/time";
import type { Liveness, Reason, Status } from "@truebound/wire";
import type { HostRecord } from "./host-record.ts";

const REASON_WORDS: Readonly<Record<Reason, string>> = {
  trusting: "it rests on trusted sources",
  one_vote: "only one independent source speaks",
  peers_only: "only its peers speak, and they rest on fewer than three sources apart",
  fault_budget_reduced: "too few independent sources speak to outvote a liar",
  sources_lost: "no source gives a usable answer any more",
  sources_inconsistent:
    "all that is heard contradicts itself: the sources were stepped, or this host's oscillator strays faster than is assumed",
  sources_disagree: "the sources disagree",
  no_region: "no majority of the sources agrees",
  suspended_or_moved: "the machine was suspended or moved and has not been measured since",
  clocksource_changed: "the kernel took another clocksource and the host has not been measured since",
  vm_disrupted: "the hypervisor moved or restored the machine and it has not been measured since",
  ruler_jumped: "the host's own ruler seems to have jumped and has not been measured since",
  never_measured: "no source has ever given a usable answer",
  no_exchange_for_an_hour: "no source has given a usable answer for an hour",
  wider_than_a_second: "the bound has grown wider than a second",
  no_usable_evidence: "no source has given usable evidence",
  timescale_unknown: "a leap second is near and nobody knows what its sources do about it",
  not_authenticated: "only authenticated sources count on this host, and none gives a usable answer",
  leap_unknown: "there may have been a leap second of which no list tells",
};

export const reasonInWords = (reason: Reason | null): string | null => reason && REASON_WORDS[reason];

/** The offset in words, and how it is known where that is not beyond doubt. Without a bound: the status and why. */
export function hostInWords(record: HostRecord, liveness: Liveness): string {
  const present = record.bound ? offsetInWords(record.bound) + doubt(record.status, record.reason) : withoutBound(record);
  // It may not report yet, so its silence says nothing.
  if (record.state === "pending") return record.seq === 0 ? WAITS : `${WAITS}; its last report said: ${present}`;
  if (liveness === "silent") return record.seq === 0 ? "silent: it has never reported" : `silent; its last report said: ${present}`;
  if (liveness === "carried") return carried(record, present);
  return present;
}

/** No time is too long since its last report, so what that reaches up to is said with it. */
function carried(record: HostRecord, present: string): string {
  if (record.seq === 0) return "carried: no file with its reports has come yet";
  const reach = carriedUpTo(record);
  return `carried, up to ${reach === null ? "when is unknown" : formatUtc(reach)}; its last report said: ${present}`;
}

/** Null = unknown: what has no estimate of UTC lies where its file was imported, and may be of any age. */
export const carriedUpTo = ({ asOf, asOfMarked }: HostRecord): UtcInstant | null => (asOfMarked ? null : asOf);

const WAITS = "unknown: it waits until a person lets it in";

const doubt = (status: Status, reason: Reason | null): string =>
  status === "proven" ? "" : ` (${plainStatus(status)}${reason ? `: ${REASON_WORDS[reason]}` : ""})`;

function withoutBound({ status, reason, seq, unreadable }: HostRecord): string {
  if (unreadable) return "unknown: its reports cannot be read";
  if (seq === 0 && reason === "never_measured") return "unknown: it has not reported yet";
  return reason ? `${plainStatus(status)}: ${REASON_WORDS[reason]}` : plainStatus(status);
}

export const plainStatus = (status: Status): string => status.replaceAll("_", " ");
