import type { ChainStep, SourceDetail } from "@truebound/wire";
import type { ComponentChildren, JSX } from "preact";
import { countWords } from "../../../format/count-words.ts";
import { declarationNote, declarationTitle, declarationWords } from "../../../format/declaration-words.ts";
import { kindWords } from "../../../format/kind-words.ts";
import { Link } from "../../../route/link.tsx";
import { sourcePath } from "../../../route/place.ts";
import { lastingQuery } from "../../../route/query.ts";
import { SelfSaid } from "../self-said.tsx";

const Fact = ({ name, children }: { readonly name: string; readonly children: ComponentChildren }): JSX.Element => (
  <div class="fact">
    <dt>{name}</dt>
    <dd>{children}</dd>
  </div>
);

const Note = ({ children }: { readonly children: ComponentChildren }): JSX.Element => <span class="fact-note">{children}</span>;

interface SourceFactsProps {
  readonly source: SourceDetail;
  readonly search: string;
}

export const SourceFacts = ({ source, search }: SourceFactsProps): JSX.Element => (
  <dl class="facts facts-source">
    <Fact name="Used by">
      {countWords(source.users, "host")}
      <Note>{usersWords(source)}</Note>
    </Fact>
    <Fact name="Known as">
      {source.names.join(", ")}
      <Note>{[source.origins.join(", "), source.local_reference ? "local reference" : ""].filter(Boolean).join("; ")}</Note>
    </Fact>
    {kindWords(source) === null ? <NtpFacts source={source} search={search} /> : <DeclaredFacts source={source} />}
    <Fact name="Rests on it">
      {source.sole_for === 0 ? "no bound alone" : `the bound of ${countWords(source.sole_for, "host")}`}
      <Note>{source.sole_for === 0 ? "every host has another vote" : "its vote is the only one they have"}</Note>
    </Fact>
  </dl>
);

const NtpFacts = ({ source, search }: SourceFactsProps): JSX.Element => (
  <>
    <Fact name="Says of itself">
      <SelfSaid source={source} />
    </Fact>
    <Fact name="Follows">
      <Chain steps={source.chain.slice(1)} search={search} />
    </Fact>
    <Fact name="Authenticated">
      <Authenticated source={source} />
    </Fact>
    {source.declaration !== undefined && (
      <Fact name="Declared">
        {declarationWords(source)}
        <span class="fact-note" title={declarationTitle(source.declaration)}>
          {declarationNote(source.declaration)}
        </span>
      </Fact>
    )}
  </>
);

/** Its error is not measured: what says so, and whether that counts. */
const DeclaredFacts = ({ source }: Pick<SourceFactsProps, "source">): JSX.Element => (
  <>
    <Fact name="Is">
      {kindWords(source)}
      <Note>not asked by NTP</Note>
    </Fact>
    <Fact name="Declared by">
      {typeof source.document === "string" ? <code class="hash">{source.document}</code> : <span class="muted">no document</span>}
      <Note>SHA-256 of the document</Note>
    </Fact>
  </>
);

/** By NTS, and as whom; the key is shortened to what tells two apart. */
function Authenticated({ source }: Pick<SourceFactsProps, "source">): JSX.Element {
  const { users, nts_users, authenticated_by } = source;
  if (nts_users === 0) return <span class="muted">not asked under NTS</span>;
  return (
    <>
      {authenticated_by === 0 ? "for no host" : `for ${authenticated_by} of ${countWords(users, "host")}`}
      {source.nts_identities.map(({ name, key }) => (
        <span key={key} class="fact-note" title={`SHA-256 of the key in its certificate: ${key}`}>
          as {name}, key {key.slice(0, KEY_SHOWN)}…
        </span>
      ))}
    </>
  );
}

const KEY_SHOWN = 12;

function usersWords({ agreeing, false_by, undecided_by, unheard_by, past_users }: SourceDetail): string {
  const counts = [
    [agreeing, agreeing === 1 ? "agrees" : "agree"],
    [false_by, false_by === 1 ? "calls it false" : "call it false"],
    [undecided_by, "cannot judge"],
    [unheard_by, unheard_by === 1 ? "hears nothing" : "hear nothing"],
    [past_users, "in the past"],
  ] as const;
  return counts.flatMap(([count, words]) => (count === 0 ? [] : `${count} ${words}`)).join(", ");
}

/** From the source to the clock that it follows, as far as the fleet sees it. */
function Chain({ steps, search }: { readonly steps: readonly ChainStep[]; readonly search: string }): JSX.Element {
  if (steps.length === 0) return <span class="muted">nothing that it names</span>;
  return (
    <ol class="chain">
      {steps.map(({ words, source, stratum }) => (
        <li key={words}>
          {source === null ? words : <Link to={`${sourcePath(source)}${lastingQuery(search)}`}>{words}</Link>}
          {stratum !== null && <Note>stratum {stratum}</Note>}
        </li>
      ))}
    </ol>
  );
}
