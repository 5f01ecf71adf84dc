import { expect, it } from "vitest";
import { causeOf } from "./failure-words.ts";

const url = "http://127.0.0.1:8123/api/v1/hosts?limit=1000";

it.each([
  [{ kind: "unreachable", url, isTimeout: false }, "The server at http://127.0.0.1:8123 does not answer."],
  [{ kind: "unreachable", url, isTimeout: true }, "The server at http://127.0.0.1:8123 does not answer in time."],
  [{ kind: "garbled", url, cause: "Unexpected token" }, "Unexpected token"],
  [{ kind: "refused", url, status: 503, title: "Not ready", detail: null }, "HTTP 503: Not ready"],
  [{ kind: "refused", url, status: 400, title: "Bad range", detail: "from is after to" }, "HTTP 400: Bad range. from is after to"],
] as const)("%o", (failure, words) => expect(causeOf(failure)).toBe(words));
