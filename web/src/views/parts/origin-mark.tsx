import type { JSX } from "preact";
import { originWords } from "../../format/origin-words.ts";

export const OriginMark = ({ origin }: { readonly origin: string }): JSX.Element => {
  const { words, means } = originWords(origin);
  return (
    <span title={means}>
      {words}
      {origin === "file" && <span class="fact-note">read-only here</span>}
    </span>
  );
};
