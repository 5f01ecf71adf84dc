import type { JSX } from "preact";
import type { Failure } from "../../api/answer.ts";
import { causeOf } from "../../format/failure-words.ts";
import { Age } from "./age.tsx";
import { Instant } from "./exact.tsx";

interface StaleBannerProps {
  /** The instant that the figures below are of, by the server's clock. */
  readonly since: string;
  readonly failure: Failure | null;
  readonly onRetry: () => void;
}

/** Says for as long as it lasts that the figures below no longer follow the fleet, why, and how to mend it. */
export const StaleBanner = ({ since, failure, onRetry }: StaleBannerProps): JSX.Element => (
  <div class="stale-banner" role="alert">
    <strong>Not live.</strong> What you see is as of <Instant at={since} />, <Age at={since} /> ago. <Cause failure={failure} /> This page
    keeps trying.{" "}
    <button type="button" onClick={onRetry}>
      Try now
    </button>
  </div>
);

function Cause({ failure }: Pick<StaleBannerProps, "failure">): JSX.Element {
  if (failure === null) return <>The stream of updates broke.</>;
  if (failure.kind === "unreachable")
    return (
      <>
        {causeOf(failure)} If it was stopped, start it with <code>npm start</code> on the machine that serves this page.
      </>
    );
  return (
    <>
      <code>GET {failure.url}</code>: {causeOf(failure)}.
    </>
  );
}
