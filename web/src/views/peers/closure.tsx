import type { PeersView } from "@truebound/wire";
import type { JSX } from "preact";

const percent = (share: number): string => `${Math.ceil(share * 100)} %`;

/** Three clocks compared with each other must add up; how nearly they do says what the bounds are worth. */
export const Closure = ({ closure }: Pick<PeersView, "closure">): JSX.Element | null =>
  closure === null ? null : (
    <p>
      {closure.triangles.toLocaleString("en-US").replaceAll(",", "\u202f")} triangles close to <strong>{percent(closure.median)}</strong> of
      what their bounds allow in the median, {percent(closure.greatest)} at most.
    </p>
  );
