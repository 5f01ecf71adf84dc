import type { JSX } from "preact";

const HATCHED = ["holdover", "unverified", "conflict", "unknown"] as const;

/** Fill patterns that bars refer to by name; put once into the page. */
export const Hatches = (): JSX.Element => (
  <svg class="hatches" width="0" height="0" aria-hidden="true">
    <defs>
      {HATCHED.map((look) => (
        <pattern
          key={look}
          id={`hatch-${look}`}
          width="6"
          height="6"
          patternUnits="userSpaceOnUse"
          patternTransform={look === "conflict" ? "rotate(-45)" : "rotate(45)"}
        >
          <rect width="6" height="6" class={`hatch-ground look-${look}`} />
          <path d="M0 0v6" class={`hatch-line look-${look}`} />
        </pattern>
      ))}
    </defs>
  </svg>
);
