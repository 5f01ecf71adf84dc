import { atMost } from "@truebound/time";
import type { MeshMember, PairView } from "@truebound/wire";
import type { JSX } from "preact";
import { exactBound, exactNs } from "../../../format/bound.ts";
import { differenceWords } from "../../../format/difference.ts";
import { standingLook } from "../../../format/standing-look.ts";
import { Link } from "../../../route/link.tsx";
import { hostPath } from "../../../route/place.ts";
import { lastingQuery } from "../../../route/query.ts";
import { Age } from "../../parts/age.tsx";
import { Exact } from "../../parts/exact.tsx";
import { Mark } from "../../parts/mark.tsx";
import { byId, namesOf } from "../names.ts";

interface PairHeadingProps {
  readonly pair: PairView;
  readonly search: string;
}

/** Which two, and the bound on their difference as a sentence. */
export const PairHeading = ({ pair, search }: PairHeadingProps): JSX.Element => (
  <header class={`host-heading row-${pair.guaranteed === null ? "unknown" : "proven"}`}>
    <h1>
      {pair.b.name} and {pair.a.name}
    </h1>
    <p class="pair-ends">
      <End member={pair.b} search={search} />
      <End member={pair.a} search={search} />
      {pair.as_of !== null && (
        <span class="muted">
          as of <Age at={pair.as_of} /> ago
        </span>
      )}
    </p>
    <p class="explanation pair-said">{pair.guaranteed === null ? whyNot(pair) : <Said pair={pair} bound={pair.guaranteed} />}</p>
    {pair.guaranteed !== null && pair.why !== null && <p class="band-note">{pair.why}</p>}
  </header>
);

const whyNot = ({ a, b, why }: PairView): string =>
  `There is no bound on the difference of ${b.name} and ${a.name}. ${why ?? "The server does not say why"}.`;

interface SaidProps {
  readonly pair: PairView;
  readonly bound: NonNullable<PairView["guaranteed"]>;
}

function Said({ pair, bound }: SaidProps): JSX.Element {
  const nameOf = namesOf(byId([pair.a, pair.b]));
  return (
    <>
      <span title={exactBound(bound)}>{differenceWords(nameOf(pair.b.id), nameOf(pair.a.id), bound)}</span>, guaranteed.
      {pair.apart_ns !== null && (
        <span class="fact-note">
          Each at its own latest reading, which lie at most <Exact text={atMost(BigInt(pair.apart_ns))} exact={exactNs(pair.apart_ns)} />{" "}
          apart.
        </span>
      )}
    </>
  );
}

function End({ member, search }: { readonly member: MeshMember; readonly search: string }): JSX.Element {
  const { look, word, means } = standingLook(member);
  return (
    <span class={`pair-end row-${look}`} title={means}>
      <Mark look={look} />
      {member.kind === "target" ? member.name : <Link to={`${hostPath(member.id)}${lastingQuery(search)}`}>{member.name}</Link>}{" "}
      <span class="status-word">{word}</span>
      {member.kind === "target" && <span class="muted">measured from outside</span>}
    </span>
  );
}
