import type { Failure } from "../api/answer.ts";

/** What came of a request, in words of this page: a browser's own ("Failed to fetch") name neither the server nor the trouble. */
export function causeOf(failure: Failure): string {
  switch (failure.kind) {
    case "unreachable":
      return `The server at ${new URL(failure.url).origin} does not answer${failure.isTimeout ? " in time" : ""}.`;
    case "garbled":
      return failure.cause;
    case "refused":
      return `HTTP ${failure.status}: ${failure.title}${failure.detail === null ? "" : `. ${failure.detail}`}`;
    default:
      return failure satisfies never;
  }
}
