import type { JSX } from "preact";
import type { Failure } from "../../api/answer.ts";
import { causeOf } from "../../format/failure-words.ts";
import { Notice } from "./notice.tsx";

const TITLES: Readonly<Record<Failure["kind"], string>> = {
  unreachable: "The server does not answer",
  refused: "The server refused",
  garbled: "The server's answer cannot be read",
};

interface FailureNoticeProps {
  readonly failure: Failure;
  readonly onRetry: () => void;
  readonly isPart?: boolean;
}

/** What failed, where, and how to mend it. The request is made again by itself. */
export const FailureNotice = ({ failure, onRetry, isPart = false }: FailureNoticeProps): JSX.Element => (
  <Notice title={TITLES[failure.kind]} tone="trouble" isPart={isPart}>
    <p class="notice-cause">
      <code>GET {failure.url}</code>
      <br />
      {causeOf(failure)}
    </p>
    <p>{mendingOf(failure)}</p>
    <p>
      <button type="button" onClick={onRetry}>
        Try now
      </button>{" "}
      <span class="muted">It is tried again by itself every few seconds.</span>
    </p>
  </Notice>
);

function mendingOf(failure: Failure): JSX.Element {
  if (failure.kind === "refused" && failure.status >= 500)
    return (
      <>
        The server runs but cannot answer. <a href="/readyz">/readyz</a> says what it waits for; its log says why.
      </>
    );
  if (failure.kind === "refused") return <>The server runs and does not allow this. Its own words are above.</>;
  if (failure.kind === "garbled")
    return <>Something between this page and the server may answer in its place: a proxy, or an older version.</>;
  return (
    <>
      Is it running? Start it with <code>npm start</code> on the machine that serves this page, or look at the service's log. Agents keep
      what they measure and send it later.
    </>
  );
}
