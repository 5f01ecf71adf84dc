import { formatUtc } from "@truebound/time";
import { sayLabels } from "../../admin/labels.ts";
import { REVIEW_AHEAD_NS } from "../../traceability/traceability-of.ts";
import { truth } from "../finding.ts";
import type { HouseFacts } from "../house-facts.ts";
import type { FleetFinding } from "./fleet.ts";

const SCRUB_LIMIT_S = 86_400;
const HOUR_S = 3_600;

/** What is wrong with the evidence and the papers; null = they were not looked at yet. */
export const houseFindings = (facts: HouseFacts | null): FleetFinding[] => [logMismatch(facts), scrubOverdue(facts), reviewDue(facts)];

function logMismatch(facts: HouseFacts | null): FleetFinding {
  const common = { finding: "log_mismatch", subject: "fleet:log", certainty: "no_evidence" } as const;
  if (facts === null) return { ...common, truth: "unknown", words: "The log was not looked at yet" };
  const { blocked, blockedCount, differences } = facts;
  const more = blockedCount - blocked.length;
  const named = `${blocked.join(", ")}${more > 0 ? ` and ${more} more` : ""}`;
  const parts = [
    ...(blockedCount === 0 ? [] : [`what is stored of ${named} is not what was received, and their log stops there`]),
    ...(differences === 0 ? [] : [`${differences} places of the log are not what was logged`]),
  ];
  const words = parts.length === 0 ? "The log is what was received" : `${parts.join("; ")}: truebound log show says what to do`;
  return { ...common, truth: truth(parts.length > 0), words: words.charAt(0).toUpperCase() + words.slice(1) };
}

function scrubOverdue(facts: HouseFacts | null): FleetFinding {
  const common = { finding: "log_scrub_overdue", subject: "fleet:log-scrub", certainty: "no_evidence" } as const;
  if (facts === null) return { ...common, truth: "unknown", words: "The log was not looked at yet" };
  // What is old is said to be no younger.
  const hours = Math.ceil(facts.scrubAgeSeconds / HOUR_S);
  return {
    ...common,
    truth: truth(facts.scrubAgeSeconds > SCRUB_LIMIT_S),
    words: `What is in the log was last read again from end to end ${hours <= 1 ? "within the last hour" : `${hours} h ago`}; it is to be once a day`,
  };
}

/** One for all: the review that is due first says when. */
function reviewDue(facts: HouseFacts | null): FleetFinding {
  const common = { finding: "traceability_review_due", subject: "fleet:traceability", certainty: "no_evidence" } as const;
  if (facts === null) return { ...common, truth: "unknown", words: "Reviews were not looked at yet" };
  const near = facts.reviews.filter(({ due }) => due - facts.now <= REVIEW_AHEAD_NS);
  const [first] = near;
  if (first === undefined) return { ...common, truth: "over", words: "No yearly review is due within 60 days" };
  const whom = Object.keys(first.of).length === 0 ? "all hosts" : `hosts with${sayLabels(first.of)}`;
  const others = near.length === 1 ? "" : `, and ${near.length - 1} more are or will be soon`;
  const is = first.due <= facts.now ? "was" : "is";
  const words = `The yearly review of the chain to UTC of ${whom} ${is} due on ${formatUtc(first.due).slice(0, 10)}${others}: truebound traceability review`;
  return { ...common, truth: "holds", words };
}
