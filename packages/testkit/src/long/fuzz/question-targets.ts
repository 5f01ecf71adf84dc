import { decodeCursor, explainBoundCase, parseLossless, parseTime } from "@truebound/server";
import { formatUtc, leapListRefusalInWords, parseLeapList, parseUtc, renderLeapList, type UtcInstant, utc } from "@truebound/time";
import * as right from "./examples.ts";
import { type FuzzTarget, text, unless } from "./target.ts";

/** What people ask, and the files that they hand over. */
export const questionTargets: readonly FuzzTarget[] = [
  text("RFC 3339", right.TIMES, parseUtc, instantProblem),
  text(
    "time in a question",
    right.TIMES,
    (input) => parseTime(input, utc(1_795_000_000_000_000_000n)),
    (at) => unless(at === null || (at >= -(2n ** 62n) && at <= 2n ** 62n), "a time that no column holds"),
  ),
  text(
    "cursor",
    ["WyJhIixudWxsXQ", "W251bGwsImIiXQ"],
    (input) => decodeCursor(input, 2),
    (parts) => unless(parts === null || parts.length === 2, "a cursor of another length"),
  ),
  text(
    "leap list",
    right.LEAP_LISTS,
    (input) => parseLeapList(input, () => right.LEAP_HASH),
    (list) =>
      "refused" in list
        ? unless(leapListRefusalInWords(list).length > 0, "a refusal without words")
        : unless(
            !(
              "refused" in
              parseLeapList(
                renderLeapList(list, () => right.LEAP_HASH),
                () => right.LEAP_HASH,
              )
            ),
            "a list that does not come back",
          ),
  ),
  text("case of explain", right.CASES, explainText, (wrong) => wrong),
];

/** Years that RFC 3339 can write. */
const [FIRST, LAST] = [parseUtc("0000-01-01T00:00:00Z") ?? utc(0n), parseUtc("9999-12-31T23:59:59.999999999Z") ?? utc(0n)];

function instantProblem(instant: UtcInstant | null, input: string): string | null {
  if (instant === null || instant < FIRST || instant > LAST) return null;
  const [, hours = "0", minutes = "0"] = /[+-](..):(..)$/.exec(input) ?? [];
  if (Number(hours) > 23 || Number(minutes) > 59) return "an instant at an offset that exists nowhere";
  return unless(parseUtc(formatUtc(instant)) === instant, "an instant that does not come back from its text");
}

/** Text that is no JSON is expected at this boundary, and named there; what the case itself says is not. */
function explainText(input: string): string | null {
  const parsed = orNothing(() => parseLossless(input));
  if (parsed === undefined) return null;
  const explained = explainBoundCase(parsed);
  if (explained.kind === "unreadable") return unless(explained.problems.length > 0, "a refusal without a problem");
  return unless(typeof JSON.stringify(explained.answer) === "string", "no answer");
}

function orNothing<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch {
    return undefined;
  }
}
