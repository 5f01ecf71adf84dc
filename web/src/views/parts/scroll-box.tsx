import type { ComponentChildren, JSX } from "preact";

/** What is wider or longer than its place; keys reach it too. */
export const ScrollBox = ({ label, children }: { readonly label: string; readonly children: ComponentChildren }): JSX.Element => (
  // biome-ignore lint/a11y/noNoninteractiveTabindex: a box that scrolls must be reachable by keyboard in browsers that do not see to it
  <section class="scroll" tabIndex={0} aria-label={label}>
    {children}
  </section>
);
