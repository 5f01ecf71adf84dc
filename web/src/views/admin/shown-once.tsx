import type { JSX } from "preact";
import { useState } from "preact/hooks";

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

function Copy({ text }: { readonly text: string }): JSX.Element {
  const [words, setWords] = useState("Copy");
  const copy = (): void => {
    // A page that came without TLS, and not from this machine, has no clipboard.
    if (navigator.clipboard === undefined) return setWords("Select it and copy it by hand");
    navigator.clipboard.writeText(text).then(
      () => setWords("Copied"),
      () => setWords("The browser does not let this page copy: select it"),
    );
  };
  return (
    <button type="button" onClick={copy}>
      {words}
    </button>
  );
}
