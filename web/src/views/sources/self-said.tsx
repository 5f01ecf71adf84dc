import { atMost } from "@truebound/time";
import type { SourceSummary } from "@truebound/wire";
import type { JSX } from "preact";
import { countWords } from "../../format/count-words.ts";
import { declaredFor } from "../../format/declaration-words.ts";

/** Stratum, refid, timescale, and whether it warns of itself: by the host that it answered last. */
export const SelfSaid = ({ source }: { readonly source: SourceSummary }): JSX.Element => (
  <>
    {source.stratum === null ? <span class="muted">never answered</span> : `stratum ${source.stratum}, ${source.refid ?? "no refid"}`}
    {remarks(source).map((remark) => (
      <span key={remark} class="fact-note">
        {remark}
      </span>
    ))}
  </>
);

function remarks(source: SourceSummary): string[] {
  const { leap, timescale, told_otherwise } = source;
  return [
    ...rootWords(source),
    declaredFor(source) ?? "",
    LEAPS[leap ?? 0] ?? "",
    timescale === null || timescale === "utc" ? "" : timescale === "unknown" ? "timescale not named" : `keeps ${timescale}`,
    told_otherwise === 0 ? "" : `${countWords(told_otherwise, "host was", "hosts were")} told otherwise`,
  ].filter((text) => text !== "");
}

/** Its own way to the clock that it follows, as it says itself. */
export const rootWords = ({
  root_delay_ns,
  root_dispersion_ns,
}: Pick<Partial<SourceSummary>, "root_delay_ns" | "root_dispersion_ns">): string[] =>
  root_delay_ns === undefined || root_dispersion_ns === undefined
    ? []
    : [`root delay ${atMost(BigInt(root_delay_ns))}, dispersion ${atMost(BigInt(root_dispersion_ns))}`];

const LEAPS: Readonly<Record<number, string>> = {
  1: "leap 1: a second will be inserted",
  2: "leap 2: a second will be deleted",
  3: "leap 3: says it is not to be trusted",
};
