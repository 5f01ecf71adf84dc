import { expect, it } from "vitest";
import { refusal } from "./answer.ts";
import { busyPause } from "./busy-pause.ts";

const busy = (retryAfter: string | null, status = 429) => refusal("http://s/api/v1/stamps", status, { title: "rate" }, retryAfter);

it.each([
  ["as long as the server says", busy("30"), 1, 30],
  ["a while where it does not say", busy(null), 1, 5],
  ["a while where it says a date", busy("Wed, 21 Oct 2026 07:28:00 GMT"), 1, 5],
  ["never in no time", busy("0"), 1, 1],
  ["no longer than a minute", busy("86400"), 19, 60],
  ["not for ever", busy("30"), 20, null],
  ["not for another refusal", busy("30", 400), 1, null],
  ["not where nobody answers", { kind: "unreachable", url: "", isTimeout: false } as const, 1, null],
])("waits %s", (_what, failure, tries, pause_s) => expect(busyPause(failure, tries)).toBe(pause_s));
