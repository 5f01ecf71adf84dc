import { FRESH_POLLS } from "@truebound/time";
import { type Flight, unpackColumn, unpackStamps } from "@truebound/wire";

/** What was published at one reading of a record, on UTC − RAW. */
export interface PublishedAt {
  readonly at: bigint;
  readonly lo: bigint;
  readonly hi: bigint;
}

const RESTS_ON_THE_PRESENT: readonly string[] = ["proven", "unverified"];

/** The last reading at which fresh sources gave a bound; null = there was none. */
export function lastPublished({ readings }: Flight): PublishedAt | null {
  const [raw, realtime, lo, hi] = [readings.raw_ns, readings.realtime_ns, readings.lo_ns, readings.hi_ns].map(unpackColumn);
  for (let row = readings.status.length - 1; row >= 0; row--) {
    const [at, shown, low, high] = [raw?.[row], realtime?.[row], lo?.[row], hi?.[row]];
    if (at == null || shown == null || low == null || high == null) continue;
    if (!RESTS_ON_THE_PRESENT.includes(readings.status[row] ?? "")) continue;
    return { at, lo: shown - at + low, hi: shown - at + high };
  }
  return null;
}

/**
 * A record as `truebound explain bound` reads it: its exchanges until the last reading at which a bound was published, under what
 * was assumed. `expect` says what was published there. Null = no bound was.
 */
export function flightCase(flight: Flight): object | null {
  const published = lastPublished(flight);
  if (published === null) return null;
  const { assumptions, incident, sources } = flight;
  const exchanges = exchangesOf(flight, published.at);
  return {
    id: `incident ${incident}, agent ${flight.agent}`,
    about:
      "All instants are of this host's CLOCK_MONOTONIC_RAW. The answer is UTC - RAW; it contains what the agent published at that reading (expect), which may be narrower: it also knew what it had heard before these minutes.",
    rho_ppb: assumptions.rho_ppb,
    oscillator_ppb: assumptions.oscillator_ppb ?? 0,
    ...(assumptions.sigma_ppb === null ? {} : { sigma_ppb: assumptions.sigma_ppb }),
    faults: assumptions.faults,
    at_ns: published.at.toString(),
    sources: sources.flatMap(({ id, timescale, trusted, vote, poll_ns, counts }, index) =>
      counts === false
        ? []
        : [
            {
              id,
              vote,
              trusted,
              // Away from a leap second one that nobody knows keeps to UTC like all others.
              ...(timescale === "unknown" ? {} : { timescale }),
              exchanges: fresh(exchanges[index] ?? [], published.at, BigInt(poll_ns)),
              ...intervalsOf(flight, index, published.at, BigInt(poll_ns)),
            },
          ],
    ),
    expect: { published: { lo_ns: published.lo.toString(), hi_ns: published.hi.toString() } },
  };
}

/** All of them, or none where the newest is so old that the source had no vote. */
const fresh = <T extends { readonly t4_ns: string }>(exchanges: readonly T[], at: bigint, poll: bigint): readonly T[] =>
  exchanges.some(({ t4_ns }) => at - BigInt(t4_ns) <= FRESH_POLLS * poll) ? exchanges : [];

/** By source, those that were over by then. */
function exchangesOf({ exchanges, sources }: Flight, until: bigint) {
  const caps = unpackColumn(exchanges.cap_ns);
  const all = unpackStamps(exchanges).map(({ t1, t2, t3, t4 }, row) => ({
    t1_ns: t1.toString(),
    t2_ns: t2.toString(),
    t3_ns: t3.toString(),
    t4_ns: t4.toString(),
    root_delay_raw: exchanges.root_delay_raw[row],
    root_dispersion_raw: exchanges.root_dispersion_raw[row],
    precision_server: exchanges.precision_server[row],
    precision_client: exchanges.precision_client[row],
    cap_ns: (caps[row] ?? 0n).toString(),
    slack_ns: exchanges.slack_ns[row],
  }));
  return sources.map((_, index) => all.filter(({ t4_ns }, row) => exchanges.source[row] === index && BigInt(t4_ns) <= until));
}

/** What it gave of itself until then, if it is no server of NTP; nothing where the newest is so old that it had no vote. */
function intervalsOf({ intervals }: Flight, source: number, until: bigint, poll: bigint) {
  if (intervals === undefined) return {};
  const [raw, lo, hi] = [intervals.raw_ns, intervals.lo_ns, intervals.hi_ns].map(unpackColumn);
  const given = intervals.source.flatMap((index, row) => {
    const [at, low, high] = [raw?.[row], lo?.[row], hi?.[row]];
    return index !== source || at == null || low == null || high == null || at > until ? [] : [{ at, low, high }];
  });
  if (!given.some(({ at }) => until - at <= FRESH_POLLS * poll)) return {};
  return { intervals: given.map(({ at, low, high }) => ({ at_ns: at.toString(), lo_ns: low.toString(), hi_ns: high.toString() })) };
}
