import type { ComponentChildren, JSX } from "preact";

/** Figures that are no longer renewed look that way: paler and without colour. */
export const StaleFrame = ({ isStale, children }: { readonly isStale: boolean; readonly children: ComponentChildren }): JSX.Element => (
  <div class={isStale ? "stale" : undefined}>{children}</div>
);
