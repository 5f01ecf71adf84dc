import type { JSX } from "preact";

/** Made anew each time, as those of `mark.tsx`. */
const SHAPES: Readonly<Record<string, () => JSX.Element>> = {
  critical: () => (
    <>
      <path d="M5 .8h6L15.2 5v6L11 15.2H5L.8 11V5z" class="mark-solid" />
      <path d="M8 4.2v4.4M8 11.3v.5" class="mark-cut" />
    </>
  ),
  warning: () => (
    <>
      <path d="M8 1.6 15 14.2H1z" class="mark-line" />
      <path d="M8 6.2v3.4M8 11.7v.4" class="mark-line" />
    </>
  ),
  info: () => (
    <>
      <circle cx="8" cy="8" r="6.6" class="mark-line" />
      <path d="M8 7.2v4M8 4.6v.4" class="mark-line" />
    </>
  ),
};

export const SeverityShape = ({ severity }: { readonly severity: string }): JSX.Element => (
  <svg class="mark" viewBox="0 0 16 16" aria-hidden="true">
    {(SHAPES[severity] ?? SHAPES.critical)?.()}
  </svg>
);

/** A severity's shape and its word: never the colour alone. */
export const SeverityMark = ({ severity, isOver = false }: { readonly severity: string; readonly isOver?: boolean }): JSX.Element => (
  <span class={`severity ${severityClass(severity, isOver)}`}>
    <SeverityShape severity={severity} />
    <span class="severity-word">{severity}</span>
  </span>
);

/** The colours of a severity; of what is over, none. */
export const severityClass = (severity: string, isOver = false): string =>
  isOver ? "severity-over" : `severity-${severity in SHAPES ? severity : "critical"}`;
