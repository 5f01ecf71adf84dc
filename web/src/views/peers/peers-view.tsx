import type { PeersView as View } from "@truebound/wire";
import type { JSX } from "preact";
import { useMemo } from "preact/hooks";
import { usePeers } from "../../api/use-peers.ts";
import { FailureNotice } from "../parts/failure-notice.tsx";
import { Loading } from "../parts/loading.tsx";
import { StaleBanner } from "../parts/stale-banner.tsx";
import { StaleFrame } from "../parts/stale-frame.tsx";
import { useStale } from "../parts/use-stale.ts";
import { useTitle } from "../parts/use-title.ts";
import { ConflictCard } from "./conflict-card.tsx";
import { MatrixSection } from "./matrix-section.tsx";
import { MembersSection } from "./members-section.tsx";
import { PastConflicts } from "./past-conflicts.tsx";
import { PeersEmpty } from "./peers-empty.tsx";
import { TargetsSection } from "./targets-section.tsx";
import { type Truth, truthOf } from "./truth.ts";
import { TruthLine } from "./truth-line.tsx";
import { useIsOld } from "./use-is-old.ts";

/** Whether the clocks of the fleet can all be right together, and if not, who is to blame. */
export function PeersView({ search }: { readonly search: string }): JSX.Element {
  const { loaded, renew } = usePeers();
  const since = useStale(loaded);
  const view = loaded.kind === "ready" ? loaded.value : null;
  const truth = useMemo(() => (view === null ? null : truthOf(view)), [view]);
  useTitle(truth === null ? "Peers" : titleOf(truth));
  if (loaded.kind === "failed") return <FailureNotice failure={loaded.failure} onRetry={renew} />;
  if (view === null || truth === null) return <Loading title="Asking the server for the peers…" />;
  return (
    <>
      {since !== null && <StaleBanner since={since} failure={loaded.kind === "ready" ? loaded.failure : null} onRetry={renew} />}
      <StaleFrame isStale={since !== null}>
        {view.members.length === 0 ? <PeersEmpty /> : <Peers view={view} truth={truth} search={search} isStale={since !== null} />}
        <TargetsSection view={view} isStale={since !== null} search={search} />
        <PastConflicts view={view} />
      </StaleFrame>
    </>
  );
}

const titleOf = ({ tone, headline }: Truth): string => (tone === "accused" || tone === "suspected" ? `${headline} · Peers` : "Peers");

interface PeersProps {
  readonly view: View;
  readonly truth: Truth;
  readonly search: string;
  readonly isStale: boolean;
}

function Peers({ view, truth, search, isStale }: PeersProps): JSX.Element {
  const isOld = useIsOld(view.as_of);
  return (
    <article class="peers">
      <TruthLine view={view} truth={truth} isOld={isOld} />
      <StaleFrame isStale={isOld && !isStale}>
        <Conflicts view={view} truth={truth} search={search} />
        <MatrixSection view={view} search={search} />
        <MembersSection members={view.members} search={search} isContradicted={truth.ongoing.length > 0} />
      </StaleFrame>
    </article>
  );
}

const Conflicts = ({ view, truth, search }: Omit<PeersProps, "isStale">): JSX.Element => (
  <>
    {truth.ongoing.map((accusation) => (
      <ConflictCard
        key={`${accusation.conflict.tier} ${accusation.conflict.first_seen} ${accusation.conflict.suspects.join()}`}
        accusation={accusation}
        members={view.members}
        search={search}
        isLone={truth.ongoing.length === 1}
      />
    ))}
  </>
);
