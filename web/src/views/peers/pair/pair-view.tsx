import type { PairView as Pair } from "@truebound/wire";
import type { JSX } from "preact";
import { useMemo } from "preact/hooks";
import { isNotFound } from "../../../api/answer.ts";
import { usePair, usePeersOnce } from "../../../api/use-peers.ts";
import { Link } from "../../../route/link.tsx";
import { PEERS_PATH } from "../../../route/place.ts";
import { lastingQuery } from "../../../route/query.ts";
import { FailureNotice } from "../../parts/failure-notice.tsx";
import { Loading } from "../../parts/loading.tsx";
import { Notice } from "../../parts/notice.tsx";
import { StaleBanner } from "../../parts/stale-banner.tsx";
import { StaleFrame } from "../../parts/stale-frame.tsx";
import { useStale } from "../../parts/use-stale.ts";
import { useTitle } from "../../parts/use-title.ts";
import { byId, type Members } from "../names.ts";
import { DirectSection } from "./direct-section.tsx";
import { PairHeading } from "./pair-heading.tsx";
import { PathsSection } from "./paths-section.tsx";
import { VerdictsSection } from "./verdicts-section.tsx";

interface PairViewProps {
  readonly a: string;
  readonly b: string;
  readonly search: string;
}

/** How far apart two clocks can be, and by what that is known. */
export function PairView({ a, b, search }: PairViewProps): JSX.Element {
  const { loaded, renew } = usePair(a, b);
  const since = useStale(loaded);
  useTitle(loaded.kind === "ready" ? `${loaded.value.b.name} and ${loaded.value.a.name}` : "Two peers");
  if (loaded.kind === "loading") return <Loading title="Asking the server for these two…" />;
  if (loaded.kind === "failed")
    return isNotFound(loaded.failure) ? (
      <UnknownPair a={a} b={b} search={search} />
    ) : (
      <FailureNotice failure={loaded.failure} onRetry={renew} />
    );
  return (
    <>
      {since !== null && <StaleBanner since={since} failure={loaded.failure} onRetry={renew} />}
      <article class="pair host">
        <BackLink search={search} />
        <StaleFrame isStale={since !== null}>
          <PairFacts pair={loaded.value} search={search} />
        </StaleFrame>
      </article>
    </>
  );
}

const BackLink = ({ search }: { readonly search: string }): JSX.Element => (
  <Link to={`${PEERS_PATH}${lastingQuery(search)}`} class="back">
    ◂ All peers
  </Link>
);

function PairFacts({ pair, search }: { readonly pair: Pair; readonly search: string }): JSX.Element {
  const members = useMembers(pair);
  return (
    <>
      <PairHeading pair={pair} search={search} />
      <PathsSection pair={pair} members={members} search={search} />
      <VerdictsSection verdicts={pair.verdicts} />
      <DirectSection pair={pair} />
    </>
  );
}

/** Others on the way are named once the list of members is there. */
function useMembers({ a, b }: Pair): Members {
  const { loaded } = usePeersOnce();
  const all = loaded.kind === "ready" ? loaded.value.members : null;
  return useMemo(() => byId([...(all ?? []), a, b]), [all, a, b]);
}

const UnknownPair = ({ a, b, search }: PairViewProps): JSX.Element => (
  <Notice title="These two are not in one mesh">
    <p>
      The server has no members <code>{a}</code> and <code>{b}</code> to compare. A host may have left, a name may stand for several, or the
      address is cut short. <Link to={`${PEERS_PATH}${lastingQuery(search)}`}>All peers</Link>
    </p>
  </Notice>
);
