import type { PeersView } from "@truebound/wire";
import type { JSX } from "preact";
import type { Look } from "../../format/status-look.ts";
import { Age } from "../parts/age.tsx";
import { Instant } from "../parts/exact.tsx";
import { Mark } from "../parts/mark.tsx";
import type { Truth } from "./truth.ts";

const LOOKS: Readonly<Record<Truth["tone"], Look>> = {
  consistent: "proven",
  accused: "conflict",
  suspected: "unverified",
  nothing: "unknown",
};

interface TruthLineProps {
  readonly view: PeersView;
  readonly truth: Truth;
  /** It was solved too long ago to tell of now. */
  readonly isOld: boolean;
}

/** Members, whether all can be right together, since when, and how fresh that is. What is old is told as past, and not as fine. */
export function TruthLine({ view, truth, isOld }: TruthLineProps): JSX.Element {
  const look = isOld && truth.tone === "consistent" ? "silent" : LOOKS[truth.tone];
  return (
    <section class={`summary truth-line peers-truth row-${look}`} aria-label="The peers in one line">
      <div class="truth-verdict">
        <Mark look={look} />
        <h1>{isOld ? truth.past : truth.headline}</h1>
      </div>
      <p class="truth-facts">
        <span>
          <strong>{view.members.length}</strong> {view.members.length === 1 ? "member" : "members"}
        </span>
        {view.as_of === null && <span>{view.words}</span>}
        {truth.counts.map((count) => (
          <span key={count}>{count}</span>
        ))}
        {truth.since !== null && (
          <span>
            since <Instant at={truth.since} />, for <Age at={truth.since} />
          </span>
        )}
        {view.as_of !== null && (
          <span class={isOld ? "truth-old" : "muted"}>
            {isOld && "not renewed: "}as of <Age at={view.as_of} /> ago
          </span>
        )}
      </p>
    </section>
  );
}
