import type { JSX } from "preact";
import { useState } from "preact/hooks";

/** `what` = what is copied, for who cannot see where the button stands. */
export function Copy({ text, what }: { readonly text: string; readonly what?: string }): JSX.Element {
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
    <button type="button" onClick={copy} {...(what === undefined ? {} : { "aria-label": `${words} ${what}` })}>
      {words}
    </button>
  );
}
