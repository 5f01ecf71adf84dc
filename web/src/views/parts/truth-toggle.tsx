import type { JSX } from "preact";
import { QueryToggle } from "./query-toggle.tsx";

/** Demo hosts know their injected offset; showing it beside the bound lets anyone check that the bound holds. */
export const TruthToggle = ({ search, isShown }: { readonly search: string; readonly isShown: boolean }): JSX.Element => (
  <QueryToggle search={search} name="truth" value="1" isOn={isShown}>
    <svg class="truth-key" viewBox="-6 -7 12 14" aria-hidden="true">
      <path class="truth" d="M0-6 5 0 0 6-5 0z" />
    </svg>
    show injected truth
  </QueryToggle>
);
