import type { JSX } from "preact";
import type { Look } from "../../format/status-look.ts";

/** Made anew each time: an element that is kept holds the page in which it was first drawn, with all of its hosts. */
const SHAPES: Readonly<Record<Look, () => JSX.Element>> = {
  proven: () => (
    <>
      <circle cx="8" cy="8" r="7" class="mark-solid" />
      <path d="M4.6 8.3l2.3 2.3 4.5-5" class="mark-cut" />
    </>
  ),
  "proven-off": () => (
    <>
      <path d="M8 .8 15.6 14.6H.4z" class="mark-solid" />
      <path d="M8 5.6v4.2M8 12v.4" class="mark-cut" />
    </>
  ),
  holdover: () => (
    <>
      <circle cx="8" cy="8" r="6.2" class="mark-line" />
      <path d="M8 1.8a6.2 6.2 0 0 0 0 12.4z" class="mark-solid" />
    </>
  ),
  unverified: () => <path d="M8 1.4 14.6 8 8 14.6 1.4 8z" class="mark-line" />,
  conflict: () => (
    <>
      <rect x="1" y="1" width="14" height="14" rx="2.5" class="mark-solid" />
      <path d="M4.8 4.8l6.4 6.4M11.2 4.8l-6.4 6.4" class="mark-cut" />
    </>
  ),
  unknown: () => (
    <>
      <circle cx="8" cy="8" r="6.6" class="mark-line" />
      <path d="M6.1 6.3a2 2 0 1 1 2.7 1.9c-.5.2-.8.5-.8 1.1M8 11.4v.5" class="mark-line" />
    </>
  ),
  silent: () => (
    <>
      <circle cx="8" cy="8" r="6.4" class="mark-line mark-dashed" />
      <path d="M5 8h6" class="mark-line" />
    </>
  ),
};

/** A state's shape. Decoration beside its words, never instead of them. */
export const Mark = ({ look }: { readonly look: Look }): JSX.Element => (
  <svg class={`mark look-${look}`} viewBox="0 0 16 16" aria-hidden="true">
    {SHAPES[look]()}
  </svg>
);
