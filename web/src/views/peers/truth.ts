import type { PeersView } from "@truebound/wire";
import { isCompared, isMarked, standingLook } from "../../format/standing-look.ts";
import { type Accusation, accusations, accusationWords, isOngoing, sentence } from "./accusation.ts";
import { byId, namesOf } from "./names.ts";

/** The line of truth above everything else. */
export interface Truth {
  readonly tone: "consistent" | "accused" | "suspected" | "nothing";
  readonly headline: string;
  /** The same of a solution that is no longer fresh. */
  readonly past: string;
  /** "1 flagged, 2 suspects" and what is not known; empty where there is nothing to add. */
  readonly counts: readonly string[];
  readonly ongoing: readonly Accusation[];
  /** Since when; null while nothing contradicts. */
  readonly since: string | null;
}

export function truthOf(view: PeersView): Truth {
  const ongoing = accusations(view.conflicts.filter(isOngoing));
  const nameOf = namesOf(byId(view.members));
  const since = ongoing.map(({ conflict }) => conflict.first_seen).reduce<string | null>(earlier, null);
  const counts = countsOf(view);
  if (ongoing.length === 0) return { ...quiet(view), counts, ongoing, since };
  const headline = ongoing.map((one) => sentence(accusationWords(one, nameOf))).join(". ");
  return { tone: toneOf(ongoing), headline, past: headline, counts, ongoing, since };
}

/** Instants of one form: their text sorts as they do. */
const earlier = (first: string | null, at: string): string => (first === null || at < first ? at : first);
const toneOf = (ongoing: readonly Accusation[]): Truth["tone"] =>
  ongoing.some(({ flagged }) => flagged.length > 0) ? "accused" : "suspected";

function quiet({ as_of, members }: PeersView): Pick<Truth, "tone" | "headline" | "past"> {
  const compared = members.filter(isCompared).length;
  if (as_of === null) return { tone: "nothing", headline: "Not compared yet", past: "Not compared yet" };
  if (compared === 0) return { tone: "nothing", headline: "Nobody has been compared lately", past: "Nobody was compared" };
  const all = compared < members.length ? `All ${compared} that were compared` : "All";
  const tail = compared < members.length ? "" : ": nothing contradicts";
  return { tone: "consistent", headline: `${all} are consistent${tail}`, past: `${all} were consistent when last compared` };
}

function countsOf({ members }: PeersView): string[] {
  const number = (standing: string): number => members.filter((member) => member.standing === standing).length;
  const uncompared = members.filter((member) => !isMarked(member) && standingLook(member).look === "unknown").length;
  const suspects = number("suspect");
  return [
    number("flagged") === 0 ? null : `${number("flagged")} flagged`,
    suspects === 0 ? null : `${suspects} ${suspects === 1 ? "suspect" : "suspects"}`,
    uncompared === 0 ? null : `${uncompared} not compared`,
  ].filter((count) => count !== null);
}
