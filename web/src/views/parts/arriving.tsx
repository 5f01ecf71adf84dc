import type { HostSummary } from "@truebound/wire";
import type { JSX } from "preact";
import { arrivingWords } from "../../format/arriving-words.ts";

/** No fault: the present is known, and what was measured before it comes in order. */
export function Arriving({ host }: { readonly host: HostSummary }): JSX.Element | null {
  const words = arrivingWords(host);
  return words === null ? null : <span class="arriving">{words}</span>;
}
