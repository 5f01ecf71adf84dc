import type { JSX } from "preact";
import { withQuery } from "../../route/query.ts";
import { navigate } from "../../route/use-address.ts";

interface SearchBoxProps {
  readonly words: string;
  readonly search: string;
  readonly path?: string;
  /** What is searched, shown in the empty box, and by which of its words. */
  readonly hints: { readonly placeholder: string; readonly label: string };
}

/** The search lives in the address; typing replaces it, so that the back button leaves the page and not a letter. */
export const SearchBox = ({ words, search, path = "/", hints }: SearchBoxProps): JSX.Element => (
  <input
    type="search"
    id="search"
    class="search"
    value={words}
    placeholder={hints.placeholder}
    aria-label={hints.label}
    aria-keyshortcuts="/"
    autocomplete="off"
    spellcheck={false}
    onInput={(event) => navigate(`${path}${withQuery(search, { q: event.currentTarget.value })}`, "replace")}
  />
);
