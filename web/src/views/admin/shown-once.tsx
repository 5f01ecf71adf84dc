import type { JSX } from "preact";
import { Copy } from "../parts/copy.tsx";

interface ShownOnceProps {
  readonly title: string;
  readonly text: string;
  readonly says: string;
  readonly onClose: () => void;
}

/** A secret, from when it was made until it is put away. */
export const ShownOnce = ({ title, text, says, onClose }: ShownOnceProps): JSX.Element => (
  <section class="shown-once" aria-label={title} role="status">
    <h3>{title}</h3>
    <pre>
      <code>{text}</code>
    </pre>
    <p class="action-end">
      <Copy text={text} />
      <button type="button" onClick={onClose}>
        Put away
      </button>
      <span class="muted">{says}</span>
    </p>
  </section>
);
