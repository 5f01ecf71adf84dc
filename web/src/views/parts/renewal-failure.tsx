import type { JSX } from "preact";
import type { Failure } from "../../api/answer.ts";
import { causeOf } from "./failure-notice.tsx";

/** Old figures stay on show when they cannot be renewed, under this line. */
export const RenewalFailure = ({ failure, onRetry }: { readonly failure: Failure; readonly onRetry: () => void }): JSX.Element => (
  <div class="stale-banner" role="alert">
    <strong>Cannot renew what you see.</strong> <code>GET {failure.url}</code>: {causeOf(failure)}{" "}
    <button type="button" onClick={onRetry}>
      Try now
    </button>
  </div>
);
