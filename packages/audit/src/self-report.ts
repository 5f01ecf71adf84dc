import { maxOf } from "@truebound/time";
import type { Episode } from "./audit-case.ts";
import type { SelfReport, UtcProfile } from "./profile.ts";

/** Why a breach must be told, and which episodes are the reason, by their place in order of time. */
export type SelfReportGround =
  | { readonly rule: "often"; readonly count: number; readonly window_ns: bigint; readonly episodes: readonly number[] }
  | { readonly rule: "multiple_of_limit"; readonly beyond_ns: bigint; readonly episodes: readonly number[] }
  | { readonly rule: "lasting"; readonly lasting_ns: bigint; readonly episodes: readonly number[] };

/** Each rule of the profile that the episodes of one clock meet (6.8). They are given in order of time. */
export function selfReportGrounds(
  { limit_ns, self_report }: Pick<UtcProfile, "limit_ns" | "self_report">,
  episodes: readonly Episode[],
): SelfReportGround[] {
  if (self_report === null) return [];
  return [...oftenGround(self_report, episodes), ...beyondGround(self_report, limit_ns, episodes), ...lastingGround(self_report, episodes)];
}

/** For a report, beside its verdict. */
export function sayGround(ground: SelfReportGround): string {
  const { episodes } = ground;
  const some = episodes.length === 1 ? "1 episode" : `${episodes.length} episodes`;
  switch (ground.rule) {
    case "often":
      return `${some} of those that are ${ground.count} or more within ${ground.window_ns} ns`;
    case "multiple_of_limit":
      return `${some} beyond ${ground.beyond_ns} ns for certain`;
    case "lasting":
      return `${some} of ${ground.lasting_ns} ns or longer`;
    default:
      return ground satisfies never;
  }
}

const placesOf = (episodes: readonly Episode[], holds: (episode: Episode) => boolean): number[] =>
  episodes.flatMap((episode, place) => (holds(episode) ? [place] : []));

/** Those that are one of `count` which begin within one window: it includes its beginning and not its end. */
function oftenGround({ often }: SelfReport, episodes: readonly Episode[]): SelfReportGround[] {
  if (often === null) return [];
  const { count, window_ns } = often;
  let counted = 0;
  const found: number[] = [];
  for (const [place, { from }] of episodes.entries()) {
    const last = episodes[place + count - 1];
    if (last !== undefined && last.from - from < window_ns) counted = place + count;
    if (place < counted) found.push(place);
  }
  return found.length === 0 ? [] : [{ rule: "often", count, window_ns, episodes: found }];
}

/** Of a limit that is not the same both ways, the wider side: a peak does not say on which one it was. */
function beyondGround(
  { multiple_of_limit }: SelfReport,
  [least, greatest]: UtcProfile["limit_ns"],
  episodes: readonly Episode[],
): SelfReportGround[] {
  if (multiple_of_limit === null) return [];
  const beyond_ns = BigInt(multiple_of_limit) * maxOf(-least, greatest);
  const found = placesOf(episodes, ({ peakProven }) => peakProven > beyond_ns);
  return found.length === 0 ? [] : [{ rule: "multiple_of_limit", beyond_ns, episodes: found }];
}

function lastingGround({ lasting_ns }: SelfReport, episodes: readonly Episode[]): SelfReportGround[] {
  if (lasting_ns === null) return [];
  const found = placesOf(episodes, ({ from, to }) => to - from >= lasting_ns);
  return found.length === 0 ? [] : [{ rule: "lasting", lasting_ns, episodes: found }];
}
