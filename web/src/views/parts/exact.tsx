import type { JSX } from "preact";
import { utcExact, utcSecond } from "../../format/instant.ts";

/** A shortened figure with its exact value on hover. */
export const Exact = ({ text, exact }: { readonly text: string; readonly exact: string }): JSX.Element => (
  <span class="exact" title={exact}>
    {text}
  </span>
);

/** An instant to the second, exact on hover. */
export const Instant = ({ at }: { readonly at: string }): JSX.Element => (
  <time class="instant" dateTime={at} title={utcExact(at)}>
    {utcSecond(at)}
  </time>
);
