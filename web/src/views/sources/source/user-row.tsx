import { about } from "@truebound/time";
import type { SourceUser } from "@truebound/wire";
import type { JSX } from "preact";
import { BoundBar } from "../../../charts/bound-bar.tsx";
import type { SymlogAxis } from "../../../charts/symlog.ts";
import { atLeast, boundText, exactBound, exactNs } from "../../../format/bound.ts";
import { codeWords } from "../../../format/code-words.ts";
import { sourceLook } from "../../../format/source-look.ts";
import type { Look } from "../../../format/status-look.ts";
import { Link } from "../../../route/link.tsx";
import { hostPath } from "../../../route/place.ts";
import { lastingQuery } from "../../../route/query.ts";
import { Exact } from "../../parts/exact.tsx";
import { Mark } from "../../parts/mark.tsx";

interface UserRowProps {
  readonly user: SourceUser;
  readonly axis: SymlogAxis;
  readonly search: string;
}

export function UserRow({ user, axis, search }: UserRowProps): JSX.Element {
  const look = user.counts ? sourceLook(user.state) : "silent";
  return (
    <tr class={`row row-${look}`}>
      <th scope="row" class="source-name">
        <Link to={`${hostPath(user.host)}${lastingQuery(search)}`} class="row-link">
          {user.name}
        </Link>
        <span class="fact-note">{remarks(user)}</span>
      </th>
      <td class="source-state">
        <Mark look={look} />
        <span class="status-word">{user.counts ? codeWords(user.state) : `was ${codeWords(user.state)}`}</span>
        <span class="status-words">{user.why}</span>
        {user.apart_ns !== null && (
          <span class="status-words">
            apart by at least <Exact text={atLeast(BigInt(user.apart_ns))} exact={exactNs(user.apart_ns)} />
          </span>
        )}
      </td>
      <td class="col-axis">
        <Offset user={user} axis={axis} look={look} />
      </td>
      <td data-name="delay">
        {user.delay_ns === null ? (
          <span class="muted">none</span>
        ) : (
          <Exact text={about(BigInt(user.delay_ns))} exact={exactNs(user.delay_ns)} />
        )}
      </td>
      <td data-name="replies / polls">
        {user.replies} / {user.polls}
      </td>
    </tr>
  );
}

/** Why it does not count, by which name it asks, and whether it has another vote. */
const remarks = ({ counts, liveness, source, is_sole }: SourceUser): string =>
  [
    ...(counts
      ? []
      : [liveness === "reporting" || liveness === "late" ? "does not count: rehearses or cannot be read" : `${liveness}: does not count`]),
    `asks ${source}`,
    ...(is_sole ? ["its only vote"] : []),
  ].join(", ");

function Offset({ user, axis, look }: { readonly user: SourceUser; readonly axis: SymlogAxis; readonly look: Look }): JSX.Element {
  const { offset, bound, host_bound } = user;
  if (offset === null)
    return (
      <span class="no-bound">
        <span>{bound === null ? "the source says nothing" : "the host has no bound"}</span>
      </span>
    );
  return (
    <>
      <div class="axis">
        <BoundBar axis={axis} bound={offset} look={look} of="offset of the source" />
      </div>
      <span class="spread-text">
        <Exact text={boundText(offset)} exact={exactBound(offset)} />
        {bound !== null && host_bound !== null && (
          <span class="muted">
            it says of the host <Exact text={boundText(bound)} exact={exactBound(bound)} />, which proves{" "}
            <Exact text={boundText(host_bound)} exact={exactBound(host_bound)} />
          </span>
        )}
      </span>
    </>
  );
}
