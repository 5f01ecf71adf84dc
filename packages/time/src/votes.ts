import { type Interval, intersect } from "./interval.ts";

/**
 * A vote is independent evidence. Sources that could be wrong together for one reason share a vote: F counts faults, and
 * one broken upstream behind four names is one fault, not four.
 */
export interface SourceIdentity {
  /** Stable name of the source in the configuration. */
  readonly id: string;
  /** Numeric address, without the port: two ports of one machine are one clock. */
  readonly address: string;
  /** The reference id under which this source's clients name it: its IPv4 address, or 4 bytes of a hash of its IPv6 one. */
  readonly ownRefid: number;
  /** Its own reference id, from its last good reply; `null` until there is one. */
  readonly refid: number | null;
  readonly stratum: number | null;
  readonly origin: "declared" | "discovered" | "pool";
  /** Sources for which the operator declared the same tag share a vote. */
  readonly declaredSame?: string;
}

export interface Vote {
  /** Ids of the sources that share it, sorted. */
  readonly members: readonly string[];
  /** What all its members allow; `null` = its members contradict each other, the vote is void. */
  readonly interval: Interval | null;
}

/** Groups sources that are not independent (DESIGN: "a vote") and intersects within each group. Order of input is irrelevant. */
export function castVotes(sources: readonly { identity: SourceIdentity; interval: Interval }[]): Vote[] {
  const groups = groupDependent(sources.map((source) => source.identity));
  const byId = new Map(sources.map((source) => [source.identity.id, source.interval]));
  return groups.map((members) => ({
    members,
    interval: members
      .map((id) => byId.get(id) as Interval)
      .reduce<Interval | null>((common, next) => common && intersect(common, next), byId.get(members[0] as string) as Interval),
  }));
}

/**
 * Ids grouped by the transitive closure of dependence, each group sorted, groups sorted by first id. Sources are joined through what they
 * share, so that the cost grows with their number and not with that of their pairs.
 */
export function groupDependent(sources: readonly SourceIdentity[]): readonly (readonly string[])[] {
  if (!isSame(sources, grouped.sources)) grouped = { sources: [...sources], groups: group(sources) };
  return grouped.groups;
}

/** What was asked for last: who shares what changes seldom, and a host asks twice at each reading. */
let grouped: { readonly sources: readonly SourceIdentity[]; readonly groups: readonly (readonly string[])[] } = { sources: [], groups: [] };

const isSame = (these: readonly SourceIdentity[], those: readonly SourceIdentity[]): boolean =>
  these.length === those.length && these.every((source, index) => source === those[index]);

function group(sources: readonly SourceIdentity[]): string[][] {
  const sorted = [...sources].sort((a, b) => (a.id < b.id ? -1 : 1));
  const joined = new JoinedGroups(sorted.length);
  const first = new Map<string, number>();
  const owners = ownersOf(sorted);
  for (const [index, source] of sorted.entries()) {
    for (const shared of sharedBy(source)) {
      const known = first.get(shared);
      if (known === undefined) first.set(shared, index);
      else joined.join(known, index);
    }
    for (const owner of owners.get(upstreamOf(source)) ?? []) joined.join(owner, index);
  }
  return joined.groups.map((members) => members.map((index) => (sorted[index] as SourceIdentity).id));
}

/** Numbers from 0, joined in pairs into groups: each points to a lower one of its group, the lowest to itself. */
class JoinedGroups {
  readonly #towards: number[];

  constructor(count: number) {
    this.#towards = Array.from({ length: count }, (_, index) => index);
  }

  join(a: number, b: number): void {
    const [one, other] = [this.#lowest(a), this.#lowest(b)];
    this.#towards[Math.max(one, other)] = Math.min(one, other);
  }

  /** In the order of their lowest members, each ascending. */
  get groups(): number[][] {
    const groups = new Map<number, number[]>();
    for (const index of this.#towards.keys()) {
      const lowest = this.#lowest(index);
      if (lowest === index) groups.set(lowest, [index]);
      else groups.get(lowest)?.push(index);
    }
    return [...groups.values()];
  }

  #lowest(index: number): number {
    let lowest = index;
    while (this.#towards[lowest] !== lowest) lowest = this.#towards[lowest] as number;
    return lowest;
  }
}

/** Whoever has one of these in common with another is not independent of it. */
function sharedBy(source: SourceIdentity): string[] {
  const { address, declaredSame, origin } = source;
  const upstream = upstreamOf(source);
  const shared = [`address ${address}`];
  if (declaredSame !== undefined) shared.push(`same ${declaredSame}`);
  if (upstream !== null) shared.push(`upstream ${upstream}`);
  if (origin !== "declared") shared.push(`block ${block(address)}`);
  return shared;
}

/** By the reference id under which their clients name them. */
function ownersOf(sources: readonly SourceIdentity[]): Map<number | null, number[]> {
  const owners = new Map<number | null, number[]>();
  for (const [index, { ownRefid }] of sources.entries()) owners.set(ownRefid, [...(owners.get(ownRefid) ?? []), index]);
  return owners;
}

/** The reference id as the name of another server: only at stratum ≥ 2, and never a local clock or a clock's own code. */
export function upstreamOf({ refid, stratum }: Pick<SourceIdentity, "refid" | "stratum">): number | null {
  if (refid === null || stratum === null || stratum < 2) return null;
  if (refid === 0 || refid >>> 16 === LOCAL_CLOCK_PREFIX || REFERENCE_CLOCKS.has(refidText(refid))) return null;
  return refid;
}

const LOCAL_CLOCK_PREFIX = (127 << 8) | 127;

/** RFC 5905 figure 12, and the codes in use since. */
const REFERENCE_CLOCKS = new Set(
  "GOES GPS GAL GLO BDS GNSS NMEA PPS IRIG WWVB DCF DCFa DCFp HBG MSF JJY LORC TDF CHU WWV WWVH NIST ACTS USNO PTB PTP PHC PHC0 SHM SHM0 SHM1 SOCK LOCL ATOM MRS FREE XFAC".split(
    " ",
  ),
);

/** The four bytes as text, trailing zeros dropped. */
export const refidText = (refid: number): string =>
  [24, 16, 8, 0]
    .map((shift) => String.fromCharCode((refid >>> shift) & 0xff))
    .join("")
    .replace(/\0+$/, "");

/**
 * As people read it (RFC 5905, figure 12): at stratum 0 and 1 a code of four printable letters, else the dotted address of
 * the upstream, or what stands for it. A server chooses these bytes: nothing else of them is ever printed.
 */
export function refidInWords(refid: number, stratum: number | null): string {
  const code = refidText(refid);
  if ((stratum === null || stratum <= 1) && /^[\x21-\x7e]{1,4}$/.test(code)) return code;
  return [24, 16, 8, 0].map((shift) => (refid >>> shift) & 0xff).join(".");
}

/** /24 of IPv4, /48 of IPv6: addresses that one operator most likely runs. */
export function block(address: string): string {
  if (!address.includes(":")) return address.split(".").slice(0, 3).join(".");
  const [head = "", tail] = address.toLowerCase().split("::");
  const left = head === "" ? [] : head.split(":");
  const missing = tail === undefined ? 0 : 8 - left.length - (tail === "" ? 0 : tail.split(":").length);
  const groups = [...left, ...Array<string>(Math.max(0, missing)).fill("0"), ...(tail ? tail.split(":") : [])];
  return groups
    .slice(0, 3)
    .map((group) => group.replace(/^0+(?=.)/, ""))
    .join(":");
}
