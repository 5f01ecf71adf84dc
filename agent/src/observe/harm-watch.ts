/**
 * Servers limit their answers per client address, and the host's own time daemon has the same one as we. Whoever polls a
 * source that the daemon uses can so take its time away. This watches the daemon's reach registers and decides by how much
 * we must slow down, per address. Pure: registers in, decisions out.
 */
export interface DaemonReach {
  /** Canonical numeric address. */
  readonly address: string;
  /** The daemon's last eight polls, the newest in the lowest bit; 1 = answered. */
  readonly reach: number;
  /** log2 seconds between them. */
  readonly poll: number;
}

/** What we ourselves did at an address; counts since we began there. */
export interface OurPolling {
  readonly address: string;
  /** RAW instant from which on our polls can have counted. */
  readonly began: bigint;
  readonly replies: number;
  readonly kisses: number;
}

export interface Watched {
  /** The daemon's register before our first poll; null = never seen without us. */
  readonly before: number | null;
  /** By how much we poll slower than we would. */
  readonly factor: number;
  /** RAW instant of the last change of pace: losses before it do not count again. */
  readonly since: bigint;
  /** Daemon polls with a full register before the next easing; doubles at each relapse. */
  readonly patience: number;
  /** The last change of pace was an easing: the next one down is a relapse. */
  readonly eased: boolean;
  readonly replies: number;
  /** RAW instant of the look that last saw a new reply to us. */
  readonly repliedAt: bigint | null;
  /** At the last change of pace. */
  readonly kisses: number;
  /** Share of polls lost when we were blamed first; 1 where the server itself said so; null = not blamed. */
  readonly firstLoss: number | null;
  /** Slowing down changed nothing: the losses are not ours, until the register was full once more. */
  readonly acquitted: boolean;
}

export type HarmState = ReadonlyMap<string, Watched>;

export interface Decision {
  readonly kind: "slow_down" | "ease";
  readonly address: string;
  readonly factor: number;
  readonly why: "daemon_lost_polls" | "rate_kiss" | "daemon_recovered" | "not_ours" | "not_shared";
  readonly before: number | null;
  readonly now: number | null;
}

const LOST_TO_BLAME = 3;
const MOST_FACTOR = 64;
const FACTOR_TO_ACQUIT = 8;
const PATIENCE = { least: 8, most: 128 };
const REGISTER = 8;
const FULL = 0xff;
/** A source silent to both is down rather than angry, unless it fell silent this soon after we came. */
const SOON_AFTER_WE_BEGAN = 16n;

export function watchHarm(
  state: HarmState,
  now: bigint,
  daemon: readonly DaemonReach[],
  ours: readonly OurPolling[],
): { state: HarmState; decisions: Decision[] } {
  const judged = daemon.map((one) =>
    judge(
      one,
      state.get(one.address) ?? fresh(now),
      ours.find(({ address }) => address === one.address),
      now,
    ),
  );
  const released = [...state].filter(([address, { factor }]) => factor > 1 && !daemon.some((one) => one.address === address));
  return {
    state: new Map(judged.map(({ address, watched }) => [address, watched])),
    decisions: [
      ...judged.flatMap(({ decision }) => decision ?? []),
      ...released.map(([address, { before }]) => ({
        kind: "ease" as const,
        address,
        factor: 1,
        why: "not_shared" as const,
        before,
        now: null,
      })),
    ],
  };
}

const fresh = (now: bigint): Watched => ({
  before: null,
  factor: 1,
  since: now,
  patience: PATIENCE.least,
  eased: false,
  replies: 0,
  repliedAt: null,
  kisses: 0,
  firstLoss: null,
  acquitted: false,
});

interface Judgement {
  readonly address: string;
  readonly watched: Watched;
  readonly decision: Decision | null;
}

function judge(daemon: DaemonReach, old: Watched, ours: OurPolling | undefined, now: bigint): Judgement {
  const { address, reach } = daemon;
  if (ours === undefined) return { address, watched: { ...old, before: reach, since: now }, decision: null };
  const watched = remember(old, reach, ours, now);
  const change = changeOfPace(watched, daemon, ours, now);
  // Kisses to polls that were on their way before a change took hold are not counted against it.
  const kisses = change !== null || !isSettled(watched, daemon, now) ? ours.kisses : watched.kisses;
  if (change === null) return { address, watched: { ...watched, kisses }, decision: null };
  const next = { ...watched, kisses, since: now, ...change.becomes };
  const { kind, why } = change;
  const decision = next.factor === watched.factor ? null : { kind, why, address, factor: next.factor, before: watched.before, now: reach };
  return { address, watched: next, decision };
}

function remember(old: Watched, reach: number, { replies }: OurPolling, now: bigint): Watched {
  const heard = replies > old.replies ? { replies, repliedAt: now } : {};
  const cleared = reach === FULL && old.acquitted ? { acquitted: false, before: FULL } : {};
  return { ...old, ...heard, ...cleared };
}

interface Change extends Pick<Decision, "kind" | "why"> {
  readonly becomes: Partial<Watched> & Pick<Watched, "factor">;
}

function changeOfPace(watched: Watched, daemon: DaemonReach, ours: OurPolling, now: bigint): Change | null {
  const { lost, share, polls } = lossesSince(daemon, watched.since > ours.began ? watched.since : ours.began, now);
  if (ours.kisses > watched.kisses && isSettled(watched, daemon, now)) return slower(watched, 1, "rate_kiss");
  if (lost >= LOST_TO_BLAME && isSuspect(watched, daemon, ours, now)) {
    const inVain = watched.factor >= FACTOR_TO_ACQUIT && share >= (watched.firstLoss ?? 0);
    if (!inVain) return slower(watched, share, "daemon_lost_polls");
    return { kind: "ease", why: "not_ours", becomes: { factor: 1, acquitted: true, firstLoss: null } };
  }
  if (watched.factor === 1 || daemon.reach !== FULL || polls < watched.patience) return null;
  return { kind: "ease", why: "daemon_recovered", becomes: { factor: watched.factor / 2, eased: true } };
}

function slower(watched: Watched, share: number, why: Decision["why"]): Change {
  const factor = Math.min(MOST_FACTOR, watched.factor * 2);
  const patience = watched.eased ? Math.min(PATIENCE.most, watched.patience * 2) : watched.patience;
  return { kind: "slow_down", why, becomes: { factor, patience, eased: false, firstLoss: watched.firstLoss ?? share } };
}

/** Whether the last change of pace has had time to show in the daemon's register. */
const isSettled = ({ factor, since }: Watched, { poll }: DaemonReach, now: bigint): boolean =>
  factor === 1 || now - since >= BigInt(LOST_TO_BLAME) * pollNs(poll);

/** Of the daemon's polls since `since`, as far as its register remembers them. */
function lossesSince({ reach, poll }: DaemonReach, since: bigint, now: bigint): { lost: number; share: number; polls: number } {
  const polls = Number((now - since) / pollNs(poll));
  const seen = Math.min(REGISTER, polls);
  const lost = seen - bitsIn(reach & ((1 << seen) - 1));
  return { lost, share: seen === 0 ? 0 : lost / seen, polls };
}

function isSuspect(watched: Watched, { reach, poll }: DaemonReach, ours: OurPolling, now: bigint): boolean {
  const lately = now - 2n * pollNs(poll);
  const alive = (watched.repliedAt !== null && watched.repliedAt > lately) || (reach & 0b111) !== 0;
  const soon = (now - ours.began) / pollNs(poll) <= SOON_AFTER_WE_BEGAN;
  return wasFullish(watched.before) && !watched.acquitted && (alive || soon);
}

/** At least three polls known, counted from the first that was answered, and at most one of them lost. */
function wasFullish(before: number | null): boolean {
  if (before === null) return false;
  const known = before.toString(2).length;
  return known >= 3 && known - bitsIn(before) <= 1;
}

const pollNs = (poll: number): bigint => BigInt(Math.round(2 ** poll * 1e9));
const bitsIn = (register: number): number => [...register.toString(2)].filter((bit) => bit === "1").length;
