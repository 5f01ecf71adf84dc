import { type UtcInstant, utc } from "@truebound/time";
import { houseFindings } from "../alert/findings/house.ts";
import { ageWords, fail, ofFinding, pass, type SystemCheck, secondsSince, unknown, unset, warn } from "./check.ts";
import { countOf } from "./database-checks.ts";
import type { DatabaseFacts, ProcessFacts, SystemFacts } from "./facts.ts";
import { ONLY_SERVERS, sampleOf } from "./telling-checks.ts";

const SEAL_LATE_S = 300;
const SEAL_LOST_S = 3600;
const SHOW_LOG = "truebound log show, and see the server's log";

/** Everything new is in the log within about a minute. */
export function sealingCheck({ unloggedSince, now }: DatabaseFacts, process: ProcessFacts | null): SystemCheck {
  const age = unloggedSince === null ? 0 : secondsSince(unloggedSince, now);
  const isFailing = sampleOf(process, "logFailing") === 1;
  if (!isFailing && age <= SEAL_LATE_S) return pass("log_sealing", "What is new goes into the log and under a signed head");
  const waits =
    unloggedSince === null ? "Evidence cannot be taken into the log" : `What is new waits to go into the log for ${ageWords(age)}`;
  const words = `${waits}: agents keep their batches, and nothing of it is removed meanwhile`;
  return (isFailing || age > SEAL_LOST_S ? fail : warn)("log_sealing", words, SHOW_LOG, unloggedSince);
}

/** What is stored, what was read again, and the papers, as the rules of alerts find them. */
export function houseChecks({ house }: DatabaseFacts): SystemCheck[] {
  const [mismatch, scrub, review] = houseFindings(house);
  return [
    ...(mismatch === undefined ? [] : [ofFinding("log_content", mismatch, "fail", "truebound log show")]),
    ...(scrub === undefined ? [] : [ofFinding("log_scrub", scrub, "warn", "see the server's log for why it cannot be read again")]),
    ...(review === undefined ? [] : [ofFinding("review", review, "warn", "truebound traceability review")]),
  ];
}

const ANCHOR_LATE_S = 3 * 3600;
const ANCHOR_LOST_S = 24 * 3600;

export const unanchored = (): SystemCheck =>
  unset("anchors", "Heads of the log bear no time but our own", "TRUEBOUND_TSA_URL=URL, an authority that stamps them");

export function anchorsCheck({ anchoredAt, now }: DatabaseFacts, isAnchored: boolean): SystemCheck {
  if (!isAnchored) return unanchored();
  const mend = "see the server's log for what the authority of TRUEBOUND_TSA_URL answered";
  if (anchoredAt === null) return warn("anchors", "No head of the log was ever stamped by the authority", mend);
  const age = secondsSince(anchoredAt, now);
  if (age <= ANCHOR_LATE_S) return pass("anchors", `The authority stamped a head ${ageWords(age)} ago`);
  return (age > ANCHOR_LOST_S ? fail : warn)(
    "anchors",
    `The authority stamped a head ${ageWords(age)} ago, and it is to do so each hour`,
    mend,
    anchoredAt,
  );
}

export function archiveCheck({ archive }: Pick<SystemFacts, "archive">): SystemCheck {
  if (archive.kind === "none")
    return unset("archive", "Evidence that is past its age goes", "TRUEBOUND_ARCHIVE_DIR or TRUEBOUND_ARCHIVE_BUCKET");
  if (archive.kind === "unknown") return unknown("archive", "It was not tried yet");
  if (archive.kind === "works") return pass("archive", "It takes what is written, and gives it back");
  return fail("archive", `It cannot be used: ${archive.why}`, "see TRUEBOUND_ARCHIVE_DIR or TRUEBOUND_ARCHIVE_BUCKET and its rights");
}

const PASS_LATE_S = 2 * 3600;
const PASS_LOST_S = 24 * 3600;
const AHEAD_S = 3600;

export function retentionCheck({ now }: DatabaseFacts, process: ProcessFacts | null): SystemCheck {
  if (process === null) return unknown("retention", ONLY_SERVERS);
  const [age, failures, stray, ahead] = (["retentionAge", "retentionFailures", "defaultRows", "retentionClockAhead"] as const).map(
    (family) => sampleOf(process, family),
  );
  const mend = "see the server's log, and truebound evidence list";
  const since = age === null || age === undefined ? null : before(now, age);
  if (failures) return warn("retention", `${countOf(failures, "part", "parts")} of what is past its age could not go or move`, mend, since);
  if (ahead && ahead > AHEAD_S)
    return warn(
      "retention",
      `The database's clock is ${ageWords(ahead)} ahead of what the fleet proves: nothing goes by that clock alone`,
      "set the database's clock right",
    );
  if (stray) return warn("retention", `${countOf(stray, "batch lies", "batches lie")} on days without a partition`, mend);
  if (age === null || age === undefined) return unknown("retention", "This server has not finished a pass yet");
  if (age <= PASS_LATE_S) return pass("retention", `What is past its age went or moved ${ageWords(age)} ago`);
  return (age > PASS_LOST_S ? fail : warn)("retention", `What is past its age was last let go ${ageWords(age)} ago`, mend, since);
}

const before = (now: UtcInstant, seconds: number): UtcInstant => utc(now - BigInt(Math.round(seconds * 1e9)));
