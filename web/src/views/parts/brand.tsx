import type { JSX } from "preact";

export const Brand = (): JSX.Element => (
  <span class="brand">
    <svg viewBox="0 0 32 32" aria-hidden="true">
      <path d="M4 7v18M28 7v18M4 16h24" />
      <circle cx="16" cy="16" r="5.5" />
    </svg>
    Truebound
  </span>
);
