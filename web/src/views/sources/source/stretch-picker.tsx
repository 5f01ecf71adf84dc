import type { JSX } from "preact";
import { Link } from "../../../route/link.tsx";
import { withQuery } from "../../../route/query.ts";

/** How far back a picture goes; of a shorter stretch more of what is stored is looked at. */
export const STRETCHES = ["15m", "1h", "6h", "24h", "7d", "30d"] as const;
export type Stretch = (typeof STRETCHES)[number];
const USUAL: Stretch = "6h";
const WORDS: Readonly<Record<Stretch, string>> = { "15m": "15 min", "1h": "1 h", "6h": "6 h", "24h": "24 h", "7d": "7 d", "30d": "30 d" };

export function readStretch(search: string): Stretch {
  const asked = new URLSearchParams(search).get("stretch");
  return STRETCHES.find((one) => one === asked) ?? USUAL;
}

export const StretchPicker = ({ search, stretch }: { readonly search: string; readonly stretch: Stretch }): JSX.Element => (
  <nav class="ranges" aria-label="How far back its offset is drawn">
    {STRETCHES.map((one) => (
      <Link
        key={one}
        to={`${window.location.pathname}${withQuery(search, { stretch: one === USUAL ? null : one })}`}
        current={one === stretch}
      >
        {WORDS[one]}
      </Link>
    ))}
  </nav>
);
