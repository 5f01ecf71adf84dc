import type { MeshMember } from "@truebound/wire";
import type { JSX } from "preact";
import { useMemo } from "preact/hooks";
import { exactNs } from "../../format/bound.ts";
import { excessText } from "../../format/difference.ts";
import { nameList } from "../../format/name-list.ts";
import { Link } from "../../route/link.tsx";
import { hostPath } from "../../route/place.ts";
import { lastingQuery } from "../../route/query.ts";
import { Age } from "../parts/age.tsx";
import { Exact, Instant } from "../parts/exact.tsx";
import { Mark } from "../parts/mark.tsx";
import { type Accusation, accusationWords, sentence, worstCycle } from "./accusation.ts";
import { Cycle } from "./cycle.tsx";
import { byId, type Members, namesOf } from "./names.ts";

interface ConflictCardProps {
  readonly accusation: Accusation;
  readonly members: readonly MeshMember[];
  readonly search: string;
  /** The only one: the line of truth has said its sentence already. */
  readonly isLone: boolean;
}

/** One contradiction: who cannot be right, by which statements, and who is not among them. */
export function ConflictCard({ accusation, members, search, isLone }: ConflictCardProps): JSX.Element {
  const known = useMemo(() => byId(members), [members]);
  const nameOf = namesOf(known);
  const cycle = worstCycle(accusation.conflict);
  return (
    <section class={`conflict row-${accusation.flagged.length > 0 ? "conflict" : "unverified"}`} aria-label="Contradiction">
      <div class="conflict-told">
        <h2>{isLone ? "Why" : sentence(accusationWords(accusation, nameOf))}</h2>
        {cycle !== null && (
          <p class="conflict-excess">
            These statements contradict each other by{" "}
            <strong>
              <Exact text={excessText(cycle.weight_ns)} exact={exactNs(cycle.weight_ns.replace("-", ""))} />
            </strong>
            .
          </p>
        )}
        {cycle !== null && <Cycle.Statements nodes={cycle.nodes} members={known} search={search} />}
        <Accused ids={accusation.flagged} kind="flagged" known={known} search={search} />
        <Accused ids={accusation.suspects} kind="suspect" known={known} search={search} />
        <Cleared ids={accusation.conflict.cleared} nameOf={nameOf} />
        <Basis accusation={accusation} />
      </div>
      {cycle !== null && <Cycle.Picture nodes={cycle.nodes} weight_ns={cycle.weight_ns} accusation={accusation} members={known} />}
    </section>
  );
}

interface AccusedProps {
  readonly ids: readonly string[];
  readonly kind: "flagged" | "suspect";
  readonly known: Members;
  readonly search: string;
}

const MEANS = {
  flagged: "whoever else is right, these are not",
  suspect: "at least one of these is wrong; it cannot be told which",
} as const;

function Accused({ ids, kind, known, search }: AccusedProps): JSX.Element | null {
  const nameOf = namesOf(known);
  if (ids.length === 0) return null;
  return (
    <p class={`accused row-${kind === "flagged" ? "conflict" : "unverified"}`}>
      <Mark look={kind === "flagged" ? "conflict" : "unverified"} />
      <span>
        <span class="status-word">{kind}</span>{" "}
        {ids.map((id, index) => (
          <span key={id}>
            {index > 0 && ", "}
            {known.get(id)?.kind === "target" ? nameOf(id) : <Link to={`${hostPath(id)}${lastingQuery(search)}`}>{nameOf(id)}</Link>}
          </span>
        ))}
        <span class="fact-note">{ids.length === 1 && kind === "flagged" ? "whoever else is right, this one is not" : MEANS[kind]}</span>
      </span>
    </p>
  );
}

const Cleared = ({ ids, nameOf }: { readonly ids: readonly string[]; readonly nameOf: (id: string) => string }): JSX.Element | null =>
  ids.length === 0 ? null : (
    <p class="accused row-proven">
      <Mark look="proven" />
      <span title={ids.map(nameOf).join(", ")}>
        <span class="status-word">cleared</span> {nameList(ids.map(nameOf))}
        <span class="fact-note">they contradict nobody once the accused are set aside</span>
      </span>
    </p>
  );

const TIER_WORDS = {
  guaranteed: "By the guaranteed bounds: one of these statements is false, or an assumption that it rests on.",
  tight: "By the tight bounds only, which assume that frequencies keep still: it may be a frequency that moved.",
} as const;

function Basis({ accusation: { conflict, also } }: Pick<ConflictCardProps, "accusation">): JSX.Element {
  const tight = also === null ? null : worstCycle(also);
  return (
    <p class="conflict-basis">
      {TIER_WORDS[conflict.tier]}
      {tight !== null && ` The tight bounds contradict each other by ${excessText(tight.weight_ns)}.`} First seen{" "}
      <Instant at={conflict.first_seen} />, last <Age at={conflict.last_seen} /> ago.
      {conflict.cycles.length > 1 && ` The plainest of ${conflict.cycles.length} contradictions is shown.`}
    </p>
  );
}
