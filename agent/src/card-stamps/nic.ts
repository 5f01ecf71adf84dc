/** How an interface stamps just now (struct hwtstamp_config). */
export interface NicConfig {
  readonly flags: number;
  readonly txType: number;
  readonly rxFilter: number;
}

/** What its driver could do, and by which clock (struct ethtool_ts_info). */
export interface NicClock {
  /** SOF_TIMESTAMPING_ flags. */
  readonly stamping: number;
  /** N of /dev/ptpN; below 0 = it has none. */
  readonly phcIndex: number;
  readonly txTypes: number;
  readonly rxFilters: number;
}

/** What an interface says of itself; null = it does not answer that call. */
export interface NicSays {
  readonly index: number | null;
  readonly config: NicConfig | null;
  readonly clock: NicClock | null;
}

/** Why no stamp of an interface's card is taken. */
export const NO_CARD_STAMPS = [
  /** It does not tell how it stamps: the loopback, a veth, a bridge, a card without a clock. */
  "no_answer",
  /** A bond takes another card's stamps whenever it fails over. */
  "bonded",
  "no_clock",
  /** Somebody must have switched them on (hwstamp_ctl, ptp4l, chronyd); it is not done here. */
  "stamps_off",
  /** It stamps what leaves and nothing else, and that is left to ptp4l. */
  "left_to_ptp4l",
  "clock_denied",
  "clock_unreadable",
  /** Its driver lets the clock go at any rate, or does not say at which. */
  "rate_unbounded",
  /** They are on and do not come, three times in a row. It is tried again a minute later, and then ever more rarely. */
  "stamps_missing",
  /** They contradict the kernel's own of the same packets: given up until the agent starts anew. */
  "contradicts_kernel",
] as const;
export type NoCardStamps = (typeof NO_CARD_STAMPS)[number];

/** What a card stamps by itself. */
export interface NicStamps {
  readonly index: number;
  readonly phcIndex: number;
  readonly receive: boolean;
  readonly transmit: boolean;
}

const FILTER_ALL = 1;
const FILTER_NTP_ALL = 15;
const TX_ON = 1;
/** HWTSTAMP_FLAG_BONDED_PHC_INDEX. */
const BONDED = 1;

/**
 * Whether a card stamps packets of NTP already, or why not.
 * @param leavesSending ptp4l waits for the stamp of each message that it sends, and many cards hold one at a time: none is asked of what we send
 */
export function nicStamps({ index, config, clock }: NicSays, leavesSending = false): NicStamps | NoCardStamps {
  if (index === null || config === null || clock === null) return "no_answer";
  if ((config.flags & BONDED) !== 0) return "bonded";
  if (clock.phcIndex < 0) return "no_clock";
  const receive = config.rxFilter === FILTER_ALL || config.rxFilter === FILTER_NTP_ALL;
  const canSend = config.txType === TX_ON;
  const transmit = canSend && !leavesSending;
  if (!receive && !transmit) return canSend ? "left_to_ptp4l" : "stamps_off";
  return { index, phcIndex: clock.phcIndex, receive, transmit };
}
