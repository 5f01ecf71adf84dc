import type { JSX } from "preact";
import { utcExact } from "../../format/instant.ts";
import { secondIn } from "../../format/zone.ts";
import { useZone } from "./zone-context.ts";

/** A shortened figure with its exact value on hover. */
export const Exact = ({ text, exact }: { readonly text: string; readonly exact: string }): JSX.Element => (
  <span class="exact" title={exact}>
    {text}
  </span>
);

/** An instant to the second, in the zone that the reader chose; exact, and in UTC, on hover. */
export function Instant({ at }: { readonly at: string }): JSX.Element {
  const zone = useZone();
  return (
    <time class="instant" dateTime={at} title={utcExact(at)}>
      {secondIn(at, zone)}
    </time>
  );
}
