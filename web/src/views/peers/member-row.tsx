import type { Bound, MeshMember } from "@truebound/wire";
import type { JSX } from "preact";
import { boundText, exactBound } from "../../format/bound.ts";
import { isMarked, standingLook } from "../../format/standing-look.ts";
import { Link } from "../../route/link.tsx";
import { hostPath } from "../../route/place.ts";
import { lastingQuery } from "../../route/query.ts";
import { Exact } from "../parts/exact.tsx";
import { Mark } from "../parts/mark.tsx";

interface MemberRowProps {
  readonly member: MeshMember;
  readonly search: string;
  readonly isContradicted: boolean;
}

export function MemberRow({ member, search, isContradicted }: MemberRowProps): JSX.Element {
  const { look, word, means } = standingLook(member);
  return (
    <tr class={`row row-${look}`}>
      <th scope="row" class="member-name">
        <MemberName member={member} search={search} />
        <span class="fact-note">{[member.domain, ...labelTexts(member)].join(", ")}</span>
      </th>
      <td class="member-standing" title={means}>
        <Mark look={look} />
        <span class="status-word">{word}</span>
        {member.kind === "target" && <span class="status-words muted">measured from outside</span>}
      </td>
      <td data-name="offset, own sources">
        {member.kind === "target" ? <span class="muted">a target claims nothing</span> : <BoundOrNone bound={member.claim} />}
      </td>
      <td data-name="offset, all constraints">
        <Tiers member={member} isContradicted={isContradicted} />
      </td>
      <td data-name="measures / by">
        {member.measures} / {member.measured_by}
      </td>
      <td data-name="trouble, remarks" class={`member-trouble${member.trouble === null && member.remark === null ? " is-none" : ""}`}>
        <Troubles member={member} />
      </td>
    </tr>
  );
}

const labelTexts = ({ labels }: MeshMember): string[] => Object.entries(labels).map(([name, value]) => `${name}=${value}`);

/** A target has no page of its own. */
const MemberName = ({ member, search }: Pick<MemberRowProps, "member" | "search">): JSX.Element =>
  member.kind === "target" ? (
    <span>{member.name}</span>
  ) : (
    <Link to={`${hostPath(member.id)}${lastingQuery(search)}`} class="row-link">
      {member.name}
    </Link>
  );

const BoundOrNone = ({ bound }: { readonly bound: Bound | null }): JSX.Element =>
  bound === null ? <span class="muted">none</span> : <Exact text={boundText(bound)} exact={exactBound(bound)} />;

function Tiers({ member, isContradicted }: Pick<MemberRowProps, "member" | "isContradicted">): JSX.Element {
  const { guaranteed, tight } = member;
  if (guaranteed === null && tight === null)
    return <span class="muted">{isContradicted && isMarked(member) ? "none: they contradict each other" : "none"}</span>;
  return (
    <>
      <BoundOrNone bound={guaranteed} />
      <span class="fact-note">tight: {tight === null ? "none" : <Exact text={boundText(tight)} exact={exactBound(tight)} />}</span>
    </>
  );
}

const Troubles = ({ member: { trouble, remark } }: Pick<MemberRowProps, "member">): JSX.Element => (
  <>
    {trouble !== null && (
      <span class="member-mute">
        <strong>does not answer:</strong> {trouble}
      </span>
    )}
    {remark !== null && <span>{remark}</span>}
    {trouble === null && remark === null && <span class="muted">none</span>}
  </>
);
