import type { JSX } from "preact";
import { withQuery } from "../../route/query.ts";
import { navigate } from "../../route/use-address.ts";

/** The search lives in the address; typing replaces it, so that the back button leaves the page and not a letter. */
export const SearchBox = ({ words, search }: { readonly words: string; readonly search: string }): JSX.Element => (
  <input
    type="search"
    id="search"
    class="search"
    value={words}
    placeholder="Search hosts"
    aria-label="Search hosts by name, label or status"
    aria-keyshortcuts="/"
    autocomplete="off"
    spellcheck={false}
    onInput={(event) => navigate(`/${withQuery(search, { q: event.currentTarget.value })}`, "replace")}
  />
);
