import type { JSX } from "preact";

/** A line of text in which what stands between backticks is typed as it is. */
export const CodeWords = ({ text }: { readonly text: string }): JSX.Element => (
  <>{text.split("`").map((part, index) => (index % 2 === 0 ? part : <code key={`${index} ${part}`}>{part}</code>))}</>
);
