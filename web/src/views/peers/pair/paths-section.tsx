import type { PairView, PathBound, Tier } from "@truebound/wire";
import type { JSX } from "preact";
import { BoundBar } from "../../../charts/bound-bar.tsx";
import { axisFor, type SymlogAxis } from "../../../charts/symlog.ts";
import { gridBackground } from "../../../charts/symlog-grid.ts";
import { SymlogScale } from "../../../charts/symlog-scale.tsx";
import { endTexts, exactBound, exactNs } from "../../../format/bound.ts";
import { differenceWords } from "../../../format/difference.ts";
import { standingLook } from "../../../format/standing-look.ts";
import { Link } from "../../../route/link.tsx";
import { hostPath } from "../../../route/place.ts";
import { lastingQuery } from "../../../route/query.ts";
import { Exact } from "../../parts/exact.tsx";
import { Mark } from "../../parts/mark.tsx";
import { UTC } from "../accusation.ts";
import { type Members, namesOf } from "../names.ts";

interface PathsSectionProps {
  readonly pair: PairView;
  readonly members: Members;
  readonly search: string;
}

/** Both tiers, each end with the chain of statements that gives it. */
export function PathsSection(props: PathsSectionProps): JSX.Element {
  const { guaranteed, tight, b } = props.pair;
  const ends = [guaranteed, tight].flatMap((bound) => (bound === null ? [] : [bound.lo_ns, bound.hi_ns]));
  const axis = axisFor(ends.map((end) => Math.abs(Number(end))));
  return (
    <section aria-labelledby="paths-title">
      <div class="section-head">
        <h2 id="paths-title">What each end rests on</h2>
        <p>
          Positive: {namesOf(props.members)(b.id)} is ahead. Each step is a measurement between two, or a host’s own claim where it touches
          UTC.
        </p>
      </div>
      <div class="tiers">
        <TierCard tier="guaranteed" bound={guaranteed} axis={axis} {...props} />
        <TierCard tier="tight" bound={tight} axis={axis} {...props} />
      </div>
    </section>
  );
}

const TIER_NOTES: Readonly<Record<Tier, string>> = {
  guaranteed: "holds if every clock strays no faster than ρ and the slew allowance",
  tight: "narrower; holds only while frequencies move no more than σ",
};

interface TierCardProps extends PathsSectionProps {
  readonly tier: Tier;
  readonly bound: PathBound | null;
  /** Of both tiers, so that they compare at a glance. */
  readonly axis: SymlogAxis;
}

const TierCard = ({ tier, bound, axis, pair, members, search }: TierCardProps): JSX.Element => (
  <div class="tier">
    <h3>
      {tier === "guaranteed" ? "Guaranteed" : "Tight"} <span class="fact-note">{TIER_NOTES[tier]}</span>
    </h3>
    {bound === null ? (
      <p class="no-bound">
        <span>no {tier} bound</span>
      </p>
    ) : (
      <>
        <p title={exactBound(bound)}>{differenceWords(namesOf(members)(pair.b.id), namesOf(members)(pair.a.id), bound)}</p>
        <div class="tier-axis" style={{ "--grid": gridBackground(axis) }}>
          <SymlogScale axis={axis} />
          <div class="axis">
            <BoundBar axis={axis} bound={bound} look="proven" of="difference" />
          </div>
        </div>
        <End name="Upper end" value={bound.hi_ns} text={endTexts(bound).hi} way={bound.above} members={members} search={search} />
        <End name="Lower end" value={bound.lo_ns} text={endTexts(bound).lo} way={bound.below} members={members} search={search} />
      </>
    )}
  </div>
);

interface EndProps extends Omit<PathsSectionProps, "pair"> {
  readonly name: string;
  readonly value: string;
  readonly text: string;
  readonly way: readonly string[];
}

const End = ({ name, value, text, way, members, search }: EndProps): JSX.Element => (
  <div class="way">
    <p class="way-end">
      <span class="muted">{name}</span>{" "}
      <strong>
        <Exact text={text} exact={exactNs(value)} />
      </strong>
    </p>
    <ol class="hops">
      {way.map((id, index) => (
        <Hop key={`${index} ${id}`} id={id} members={members} search={search} />
      ))}
    </ol>
  </div>
);

function Hop({ id, members, search }: Omit<EndProps, "name" | "value" | "text" | "way"> & { readonly id: string }): JSX.Element {
  const member = members.get(id);
  if (id === UTC) return <li class="hop hop-utc">UTC</li>;
  const look = member === undefined ? "unknown" : standingLook(member).look;
  const name = namesOf(members)(id);
  return (
    <li class={`hop row-${look}`}>
      {look !== "proven" && <Mark look={look} />}
      {member?.kind === "agent" ? <Link to={`${hostPath(id)}${lastingQuery(search)}`}>{name}</Link> : name}
    </li>
  );
}
