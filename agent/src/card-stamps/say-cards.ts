import type { NoCardStamps } from "./nic.ts";
import type { CardResult, CardState } from "./stamping-cards.ts";

/** What is said of an interface's stamps, on this machine. */
export interface CardSaid {
  readonly interface: string;
  readonly state: "on" | NoCardStamps;
  /** Of which packets the card's stamps are taken, and by which clock it takes them; null = of none. */
  readonly stamps: { readonly receive: boolean; readonly transmit: boolean; readonly clock: string } | null;
  /** Exchanges since the start of the agent, by what came of the card's stamps. */
  readonly exchanges: Readonly<Partial<Record<CardResult, number>>>;
}

export function sayCard({ interface: name, found, outcomes }: CardState): CardSaid {
  if (typeof found === "string") return { interface: name, state: found, stamps: null, exchanges: outcomes };
  const { receive, transmit, phcIndex } = found;
  return { interface: name, state: "on", stamps: { receive, transmit, clock: `/dev/ptp${phcIndex}` }, exchanges: outcomes };
}
