import { expect, it } from "vitest";
import type { Failure } from "../api/answer.ts";
import { questionTrouble } from "./question-trouble.ts";

const url = "http://127.0.0.1:8123/api/v1/order";
const refused = (status: number, detail: string | null, title = "bad request"): Failure => ({
  kind: "refused",
  url,
  status,
  title,
  detail,
});

it.each<[Failure, string, string]>([
  [refused(400, "There is no scope x"), "There is no scope x.", "Change that above"],
  [refused(404, "Cannot place a: no host is called y", "not found"), "Cannot place a: no host is called y.", "The page of the fleet lists"],
  [refused(403, "Not yours", "forbidden"), "Not yours.", "a role that reaches this"],
  [refused(429, "Two are being answered", "rate"), "Two are being answered.", "Wait a little"],
  [refused(503, "The database is away", "unavailable"), "HTTP 503: unavailable. The database is away", "/readyz"],
  [refused(502, null, "HTTP 502"), "HTTP 502: HTTP 502", "/readyz"],
  [{ kind: "unreachable", url, isTimeout: true }, "does not answer in time", "the archive"],
  [{ kind: "unreachable", url, isTimeout: false }, "does not answer.", "Once it runs"],
  [{ kind: "garbled", url, cause: "Unexpected token <" }, "(Unexpected token <)", "proxy"],
])("says what is wrong and how to mend it, and no code in place of words: %j", (failure, wrong, mend) => {
  const told = questionTrouble(failure);
  expect(told.wrong).toContain(wrong);
  expect(told.mend).toContain(mend);
  if (failure.kind === "refused" && failure.detail !== null && failure.status < 500) expect(told.wrong).not.toContain(failure.title);
});
