import type { UtcInstant } from "@truebound/time";
import type { Batch } from "@truebound/wire";
import { type Journey, type PlacedReading, parseSent } from "../evidence/placement.ts";
import type { ReadBatch } from "../evidence/read-batch.ts";
import { isRefusal, type Refusal } from "../refusal.ts";
import { BAD_SIGNATURE, isCarried, type SignedClaim } from "./claim.ts";
import type { DaemonSaid } from "./daemon-said.ts";
import { type Before, type Derived, type DerivedEvent, derive, epochEvent, NOWHERE, quarantine } from "./derive.ts";
import { type HostEdges, newestEdges } from "./edges.ts";
import { isNext, isOneOf } from "./host-keys.ts";
import type { Link, Offer } from "./offer.ts";
import { type EndedEpoch, type HostFacts, placeKey, type StoredBatch } from "./ports.ts";
import { type KeptMinute, merge } from "./rollup.ts";
import { admission, elsewhere, type HostChain, isPast, takeTurn } from "./sequence.ts";

/** A batch to be written, with everything derived from it. */
export interface NewBatch {
  readonly link: Link;
  readonly derived: Derived;
}

/** How a host stands. What is null is as it was. */
export interface Present {
  /** The newest batch could not be read. */
  readonly unreadable: boolean;
  /** The newest that could be read. */
  readonly batch: Batch | null;
  /** The newest reading, and the batch that it came in. */
  readonly latest: PlacedReading | null;
  readonly latestBatch: Batch | null;
  /** What its daemon said last. */
  readonly daemon: DaemonSaid | null;
}

/** All that one delivery changes of one host. */
export interface HostChange {
  readonly facts: HostFacts;
  readonly claim: SignedClaim;
  /** In the order of the chain; at least one. */
  readonly batches: readonly NewBatch[];
  /** Minutes of all of them: one row for each. */
  readonly minutes: readonly KeptMinute[];
  readonly present: Present;
  /** What was asked of it and is answered now. */
  readonly answers: Answers;
  /** What it measured of its peers; null = it told nothing new of them. */
  readonly edges: HostEdges | null;
  /** The delivery held a live status: its digest is over more than the batches. */
  readonly hasLive: boolean;
  /** The present was told ahead of the chain: a backlog is being delivered. */
  readonly isAhead: boolean;
  /** Its reports come in files that a person carries. */
  readonly isCarried: boolean;
  /** It came in a file of a host that reports by itself: of what is shown of that, only the chain goes on. */
  readonly isBeside: boolean;
  /** The chain as it is now. */
  readonly chain: HostChain;
  /** The last epoch ended here, where another began; null = it goes on. */
  readonly endedEpoch: EndedEpoch | null;
  /** The first batch by the host's next key, which from here on is the one in use; null = the keys are as they were. */
  readonly newKeyFrom: { readonly epoch: number; readonly seq: number } | null;
  readonly checkpoint: Checkpoint;
}

/** What a host's batches answer of what was asked of it. */
export interface Answers {
  /** The latest request to measure anew; null = none. */
  readonly burst: string | null;
  /** Ids of rehearsals that it took up or refused. */
  readonly rehearsals: readonly string[];
}

/** How far the agent may delete, and when the first batch behind that came: before it is old nobody has to look again. */
export interface Checkpoint {
  readonly seq: number;
  /** null = as it was. */
  readonly since: UtcInstant | null;
}

export interface Settled {
  readonly outcome: "stored" | "duplicate" | Refusal;
  /** The last batch, as it is stored now; null = it is not. */
  readonly last: StoredBatch | null;
  readonly change: Omit<HostChange, "checkpoint"> | null;
}

/** What the store knows of batches whose turn is past. */
export interface Past {
  readonly stored: ReadonlyMap<string, StoredBatch>;
  /** Number of the last batch of an earlier epoch; undefined = unknown. */
  readonly epochEnd: number | undefined;
}

/** Places of an offer that only what is stored can judge. */
export const pastOf = ({ claim, links }: Offer, { chain }: Pick<HostFacts, "chain">) =>
  links.filter(({ seq }) => isPast(chain, { epoch: claim.epoch, seq })).map(({ seq }) => ({ host: claim.agent, epoch: claim.epoch, seq }));

/**
 * Judges a delivery batch by batch against the chain, as if each had come alone: those that are stored are passed over, those
 * whose turn it is are taken, and one that is neither refuses the delivery as a whole.
 */
export function settle(facts: HostFacts, offer: Offer, past: Past): Settled {
  const { claim, genesis } = offer;
  // Between the check of its signature and the lock the next key may have taken its place.
  const denied = isOneOf(facts.keys.keys, claim.signedBy) ? admission(facts.chain) : BAD_SIGNATURE;
  if (denied !== null) return refused(denied);
  let chain = facts.chain;
  const taken: Link[] = [];
  let last: StoredBatch | null = null;
  for (const link of offer.links) {
    const { seq, prev, hash } = link;
    const known = past.stored.get(placeKey({ host: facts.id, epoch: claim.epoch, seq })) ?? null;
    const turn = takeTurn(chain, { epoch: claim.epoch, seq, prev, hash, genesis, stored: known?.hash ?? null, epochEnd: past.epochEnd });
    if (isRefusal(turn)) return refused(turn);
    const copied = turn === "new_epoch" ? elsewhere(facts, claim.address, { epoch: claim.epoch, seq }) : null;
    if (copied !== null) return refused(copied);
    last = turn === "duplicate" ? known : { hash, receivedAt: facts.receivedAt };
    if (turn === "duplicate") continue;
    taken.push(link);
    chain = { ...chain, epoch: claim.epoch, nextSeq: seq + 1, chainHash: hash };
  }
  if (taken.length === 0) return { outcome: "duplicate", last, change: isNews(facts, offer) ? changeOf(facts, offer, [], chain) : null };
  return { outcome: "stored", last, change: changeOf(facts, offer, taken, chain) };
}

/**
 * A host whose disk takes nothing has nothing new in its chain, and says how it stands in front of what is stored. That counts
 * where it is from the boot that is shown, and from later: anybody may send once more what was sent before.
 */
function isNews({ shown, receivedAt }: HostFacts, { claim, live }: Offer): boolean {
  if (live === null || !("batch" in live) || isCarried(claim)) return false;
  const { batch, latest } = derive(live, receivedAt, parseSent(claim.sent), NOWHERE);
  return latest !== null && !latest.marked && shown.at !== null && batch?.boot_id === shown.bootId && latest.at > shown.at;
}

const refused = (refusal: Refusal): Settled => ({ outcome: refusal, last: null, change: null });

function changeOf(facts: HostFacts, { claim, live }: Offer, taken: readonly Link[], chain: HostChain): Omit<HostChange, "checkpoint"> {
  const sent = parseSent(claim.sent);
  const [first] = taken;
  const begins = first !== undefined && claim.epoch > facts.chain.epoch;
  const batches = deriveAll(facts, taken, sent, begins ? epochEvent(facts.chain.epoch, claim.epoch, facts.receivedAt) : null);
  const ahead = live !== null && "batch" in live ? derive(live, facts.receivedAt, sent, NOWHERE) : null;
  const isBeside = isCarried(claim) && facts.isHeard && !facts.carried;
  const isBacklog = live !== null || isBeside;
  // A backlog never speaks of the present, whether or not what was sent ahead of it can be heard.
  const telling = !isBacklog ? batches.map(({ derived }) => derived) : ahead === null || isOlder(ahead, facts.shown) ? [] : [ahead];
  return {
    facts,
    claim,
    batches,
    minutes: mergeMinutes(batches.flatMap(({ derived }) => derived.minutes)),
    present: telling.reduce(standsNow, AS_IT_WAS),
    answers: answersIn([...batches.map(({ derived }) => derived), ...(ahead === null ? [] : [ahead])]),
    // Edges are taken as of when they came: what was carried has no part in the mesh.
    edges: isCarried(claim) ? null : newestEdges(telling.map(({ batch }) => batch)),
    hasLive: live !== null,
    isAhead: isBacklog,
    isCarried: isCarried(claim) && !isBeside,
    isBeside,
    chain,
    newKeyFrom: first !== undefined && isNext(facts.keys.keys, claim.signedBy) ? { epoch: claim.epoch, seq: first.seq } : null,
    endedEpoch: begins ? { epoch: facts.chain.epoch, lastSeq: facts.chain.nextSeq - 1 } : null,
  };
}

/** Also of a backlog: what was asked is answered, however late that is told. */
function answersIn(told: readonly Derived[]): Answers {
  const batches = told.flatMap(({ batch }) => batch ?? []);
  const refused = batches.flatMap(({ events }) => events).filter(({ kind }) => kind === "rehearsal_refused");
  return {
    burst: batches.findLast(({ burst }) => burst !== undefined)?.burst ?? null,
    rehearsals: [...batches.map(({ rehearsal }) => rehearsal?.id), ...refused.map(({ detail }) => detail.id)].filter(isText),
  };
}

const isText = (value: unknown): value is string => typeof value === "string";

const SECOND = 1_000_000_000n;

/** A delivery that was long on its way is overtaken by later ones. A second is more than estimates of one boot move by. */
const isOlder = ({ batch, latest }: Derived, { bootId, at }: Before): boolean =>
  batch !== null && latest !== null && !latest.marked && at !== null && batch.boot_id === bootId && latest.at < at - SECOND;

/** One after the other: where a batch's first reading comes from is where the last one of the batch before lay. */
function deriveAll(
  { before: start, receivedAt }: HostFacts,
  taken: readonly Link[],
  sent: Journey["sent"],
  event: DerivedEvent | null,
): NewBatch[] {
  let before = start;
  return taken.map((link, index) => {
    const derived = deriveInPlace(link.content, { receivedAt, sent }, before, index === 0 ? event : null);
    before = derived.after ?? before;
    return { link, derived };
  });
}

/** All that is derived from one batch, which came so, at its place in the chain. `begins`: with it an epoch began. */
export function deriveInPlace(
  content: ReadBatch,
  { receivedAt, sent }: Pick<Journey, "receivedAt" | "sent">,
  before: Before,
  begins: DerivedEvent | null,
): Derived {
  // A new epoch begins where something was lost: nobody may look back over it.
  const from = begins === null ? before : NOWHERE;
  const derived = "batch" in content ? derive(content, receivedAt, sent, from) : quarantine(content.faults, receivedAt);
  return begins === null ? derived : { ...derived, events: [...derived.events, begins] };
}

export const AS_IT_WAS: Present = { unreadable: false, batch: null, latest: null, latestBatch: null, daemon: null };

/** Batch by batch, so that it is the same however they were put into deliveries. */
export const standsNow = (present: Present, { batch, latest, latestBatch, daemon }: Derived): Present => ({
  unreadable: batch === null,
  batch: batch ?? present.batch,
  latest: latest ?? present.latest,
  latestBatch: latestBatch ?? present.latestBatch,
  daemon: daemon ?? present.daemon,
});

export function mergeMinutes(minutes: readonly KeptMinute[]): KeptMinute[] {
  const merged = new Map<bigint, KeptMinute>();
  for (const minute of minutes) {
    const known = merged.get(minute.minute);
    merged.set(minute.minute, known ? merge(known, minute) : minute);
  }
  return [...merged.values()];
}
