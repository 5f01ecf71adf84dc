import { type LabelSet, matches } from "../policy/choose-policy.ts";

/** What was measured or received from one instant to the other stays, whatever its age. */
export interface Hold {
  readonly id: number;
  /** A host's id, or labels that hosts carry. */
  readonly on: { readonly host: string } | { readonly selector: LabelSet };
  readonly from: bigint;
  readonly to: bigint;
}

/** Ends included. */
export interface Stretch {
  readonly from: bigint;
  readonly to: bigint;
}

export interface HeldHost {
  readonly id: string;
  readonly labels: LabelSet;
}

export const holdsOn = (host: HeldHost, holds: readonly Hold[]): Hold[] =>
  holds.filter(({ on }) => ("host" in on ? on.host === host.id : matches(host.labels, on.selector)));

/** One instant in common is enough. */
export const isHeld = (host: HeldHost, stretch: Stretch, holds: readonly Hold[]): boolean => holdsOver(host, stretch, holds).length > 0;

export const holdsOver = (host: HeldHost, stretch: Stretch, holds: readonly Hold[]): Hold[] =>
  holdsOn(host, holds).filter(({ from, to }) => from <= stretch.to && stretch.from <= to);
