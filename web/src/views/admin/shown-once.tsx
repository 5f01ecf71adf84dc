import type { JSX } from "preact";
import { Copy } from "../parts/copy.tsx";

/** One way to use what was made, and where that is the one; null = there is no other. */
interface Way {
  readonly where: string | null;
  readonly text: string;
}

export interface Shown {
  readonly title: string;
  readonly ways: readonly Way[];
  readonly says: string;
}

/** A secret, from when it was made until it is put away. */
export const ShownOnce = ({ title, ways, says, onClose }: Shown & { readonly onClose: () => void }): JSX.Element => (
  <section class="shown-once" aria-label={title} role="status">
    <h3>{title}</h3>
    {ways.map(({ where, text }) => (
      <div key={text} class="shown-way">
        <p class="action-end">
          {where !== null && <span>{where}</span>}
          <Copy text={text} {...(where === null ? {} : { what: where })} />
        </p>
        <pre>
          <code>{text}</code>
        </pre>
      </div>
    ))}
    <p class="action-end">
      <button type="button" onClick={onClose}>
        Put away
      </button>
      <span class="muted">{says}</span>
    </p>
  </section>
);
