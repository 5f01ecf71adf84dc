import { offsetInWords } from "@truebound/time";
import type { JSX } from "preact";
import { usePair } from "../../api/use-peers.ts";
import { ContradictionRing } from "../../charts/contradiction-ring.tsx";
import { exactBound, toInterval } from "../../format/bound.ts";
import { differenceWords, excessText } from "../../format/difference.ts";
import { Link } from "../../route/link.tsx";
import { pairPath } from "../../route/place.ts";
import { lastingQuery } from "../../route/query.ts";
import { type Accusation, UTC } from "./accusation.ts";
import { strongest, utcFirst } from "./cycle-order.ts";
import { type Members, namesOf } from "./names.ts";

interface StatementsProps {
  readonly nodes: readonly string[];
  readonly members: Members;
  readonly search: string;
}

/** Each step of the cycle is something that was claimed or measured; together they cannot be true. */
function Statements({ nodes, members, search }: StatementsProps): JSX.Element {
  const around = utcFirst(nodes);
  return (
    <ol class="statements">
      {around.map((node, index) => {
        const next = around[(index + 1) % around.length] as string;
        const key = `${index} ${node}`;
        if (node === UTC || next === UTC) return <Claimed key={key} id={node === UTC ? next : node} members={members} />;
        return <Measured key={key} a={node} b={next} members={members} search={search} />;
      })}
    </ol>
  );
}

function Claimed({ id, members }: { readonly id: string; readonly members: Members }): JSX.Element {
  const member = members.get(id);
  const name = namesOf(members)(id);
  const claim = member?.claim ?? null;
  if (member?.kind === "target") return <li>{name} was measured against UTC</li>;
  if (claim === null) return <li>{name} claims a bound by its own sources</li>;
  return (
    <li>
      {name} claims by its own sources to be <span title={exactBound(claim)}>{offsetInWords(toInterval(claim))}</span>
    </li>
  );
}

interface MeasuredProps extends Omit<StatementsProps, "nodes"> {
  readonly a: string;
  readonly b: string;
}

/** What the two measured of each other, as far as the server says it now. */
function Measured({ a, b, members, search }: MeasuredProps): JSX.Element {
  const { loaded } = usePair(a, b);
  const nameOf = namesOf(members);
  const direct = loaded.kind === "ready" ? strongest(loaded.value.direct, a) : null;
  const said = direct === null ? `${nameOf(a)} and ${nameOf(b)}: one measured the other` : null;
  return (
    <li>
      <Link to={`${pairPath(a, b)}${lastingQuery(search)}`}>
        {direct === null ? said : `${nameOf(direct.from)} measured: ${differenceWords(nameOf(direct.to), nameOf(direct.from), direct)}`}
      </Link>
    </li>
  );
}

interface PictureProps extends Omit<StatementsProps, "search"> {
  readonly weight_ns: string;
  readonly accusation: Accusation;
}

function Picture({ nodes, members, weight_ns, accusation }: PictureProps): JSX.Element {
  const around = utcFirst(nodes);
  const nameOf = namesOf(members);
  const lookOf = (id: string) => {
    if (id === UTC) return "utc";
    if (accusation.flagged.includes(id)) return "conflict";
    return accusation.suspects.includes(id) ? "unverified" : "proven";
  };
  const isClaim = (index: number): boolean => around[index] === UTC || around[(index + 1) % around.length] === UTC;
  return (
    <ContradictionRing
      nodes={around.map((id) => ({ name: nameOf(id), look: lookOf(id) }))}
      bows={around.map((_, index) => (isClaim(index) ? "claim" : "measured"))}
      excess={excessText(weight_ns)}
    />
  );
}

export const Cycle = { Statements, Picture };
