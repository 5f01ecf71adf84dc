import type { SharedUpstream } from "@truebound/wire";
import type { JSX } from "preact";
import { countWords } from "../../format/count-words.ts";
import { Link } from "../../route/link.tsx";
import { sourcePath } from "../../route/place.ts";
import { lastingQuery } from "../../route/query.ts";

const GROUPS_MAX = 6;
const NAMES_MAX = 8;

interface SharedSectionProps {
  readonly shared: readonly SharedUpstream[];
  readonly search: string;
}

/** Sources that could be wrong together for one reason. */
export function SharedSection({ shared, search }: SharedSectionProps): JSX.Element | null {
  if (shared.length === 0) return null;
  const shown = shared.slice(0, GROUPS_MAX);
  return (
    <section aria-labelledby="shared-title">
      <div class="section-head">
        <h2 id="shared-title">One clock behind several names</h2>
        <p>However many agree, they are one vote: they can be wrong together.</p>
      </div>
      <ul class="shared-groups">
        {shown.map((group) => (
          <li key={group.id}>
            <SharedGroup group={group} search={search} />
          </li>
        ))}
      </ul>
      {shared.length > GROUPS_MAX && (
        <p class="none">
          The {GROUPS_MAX} on which most bounds rest are shown, of {shared.length}.
        </p>
      )}
    </section>
  );
}

/** The server's sentence, whose votes rest on it, and the sources by name. */
export const SharedGroup = ({ group, search }: { readonly group: SharedUpstream; readonly search: string }): JSX.Element => (
  <div class="shared-group">
    <p class="shared-words">{sentence(group.words)}</p>
    <p class="muted">
      {group.sole_for > 0 ? (
        <>
          The only vote of <strong>{countWords(group.sole_for, "host")}</strong>
        </>
      ) : (
        "No host rests on it alone"
      )}
      ; {countWords(group.hosts, "host")} {group.hosts === 1 ? "uses" : "use"} two of them or more
    </p>
    <ul class="shared-names">
      {group.sources.slice(0, NAMES_MAX).map((id) => (
        <li key={id}>
          <Link to={`${sourcePath(id)}${lastingQuery(search)}`}>{id}</Link>
        </li>
      ))}
      {group.sources.length > NAMES_MAX && <li class="muted">and {group.sources.length - NAMES_MAX} more</li>}
    </ul>
  </div>
);

const sentence = (words: string): string => words.charAt(0).toUpperCase() + words.slice(1);
