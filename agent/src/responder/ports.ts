import type { ServerState } from "@truebound/ntp";
import type { ClockReading, UtcInstant } from "@truebound/time";
import type { Endpoint } from "../probe/ports.ts";
import type { Silence } from "./respond.ts";
import type { Ruler } from "./ruler-teller.ts";

/** What became of the requests of one responder. */
export interface ResponderCounts {
  readonly answered: number;
  readonly silent: Readonly<Record<Silence, number>>;
  /** Replies that the kernel did not take, and those that a step of the clock would have made false. */
  readonly unsent: number;
}

export interface OpenResponder {
  /** The one that was chosen where 0 was asked for. */
  readonly port: number;
  readonly counts: () => ResponderCounts;
  readonly close: () => Promise<void>;
}

export interface ToOpen {
  /** "::" = every address of the host, of either kind. */
  readonly listen: Endpoint;
  /** Whether the host at this address (`addressKey`) may ask. */
  readonly isPeer: (key: string) => boolean;
  /** What the host says of itself to a request that was stamped so (null = not stamped) and is answered after this glance. */
  readonly state: (glance: ClockReading, stamp: UtcInstant | null) => ServerState;
  readonly ruler: Ruler;
}
