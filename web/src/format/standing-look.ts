import type { MeshMember } from "@truebound/wire";
import type { Look } from "./status-look.ts";

/** How a standing looks and reads. One that nobody compared stands with nobody, and is not shown as fine. */
export interface StandingLook {
  readonly look: Look;
  readonly word: string;
  readonly means: string;
}

const UNKNOWN: StandingLook = { look: "unknown", word: "not compared", means: "it measured nobody and nobody measured it lately" };

const LOOKS: Readonly<Record<string, StandingLook>> = {
  flagged: { look: "conflict", word: "flagged", means: "no smallest explanation of the contradiction does without it" },
  suspect: { look: "unverified", word: "suspect", means: "it is among those of which at least one cannot be right" },
  cleared: { look: "proven", word: "cleared", means: "others contradict each other, and it is not among them" },
  unaccused: { look: "proven", word: "consistent", means: "nothing contradicts it" },
};

const UNBOUNDED: StandingLook = { ...UNKNOWN, means: "no agent that measures it has a bound, so what they measured says nothing" };

type Compared = Pick<MeshMember, "standing" | "measures" | "measured_by" | "kind" | "guaranteed">;

export function standingLook(member: Compared): StandingLook {
  const { standing } = member;
  if (isMarked(member) || isCompared(member)) return LOOKS[standing] ?? { look: "unknown", word: standing, means: "" };
  return member.measured_by > 0 ? UNBOUNDED : UNKNOWN;
}

/** What an agent measures of a target counts where the agent has a bound, and then the target has one too. */
export const isCompared = ({ measures, measured_by, kind, guaranteed }: Omit<Compared, "standing">): boolean =>
  measures + measured_by > 0 && (kind !== "target" || guaranteed !== null);

export const isMarked = ({ standing }: Pick<MeshMember, "standing">): boolean => standing === "flagged" || standing === "suspect";
