import { type Assignment, type Batch, type Policy, type Receipt, receiptText } from "@truebound/wire";
import { choosePolicy, type PolicyRule, withLeapList } from "../policy/choose-policy.ts";
import { isRefusal, type Refusal, refuse } from "../refusal.ts";
import { AgentQuota, type QuotaLimits } from "./agent-quota.ts";
import { BAD_SIGNATURE, type Claim, claimsOf, type DeliveryHead, readClaim, type SignedClaim, signedText } from "./claim.ts";
import { GroupCommit, type GroupLimits, type GroupOutcome, NEXT_OF_LOOP, type NextTurn, type Task } from "./group-commit.ts";
import { halving } from "./halving.ts";
import { wantsRotation } from "./host-keys.ts";
import { digestHeader, type Offer, offerInSteps } from "./offer.ts";
import {
  type EndedEpoch,
  type HostFacts,
  type IngestCrypto,
  type IngestStore,
  type Ledger,
  type OpenContent,
  placeKey,
  type SignReceipt,
} from "./ports.ts";
import { advanceCheckpoint, type HostChain, headOf } from "./sequence.ts";
import { type Answers, type Checkpoint, type HostChange, type NewBatch, type Past, pastOf, type Settled, settle } from "./settle.ts";

export interface IngestPorts {
  readonly store: IngestStore;
  readonly crypto: IngestCrypto;
  readonly open: OpenContent;
  /** The leap list in force, as agents get it. */
  readonly leapList?: () => string;
  /** Whom a host measures; null = it has no part in a mesh, or none yet. */
  readonly assignmentOf?: (host: string) => Assignment | null;
  readonly signReceipt: SignReceipt;
  /** Pins of the TLS keys of the agents' listener. */
  readonly tlsPins: readonly string[];
  /** An agent is asked for another key when its own is in use for so many days; 0 = never for its age. */
  readonly keyDays: number;
  /** Uniform in [0, 1): those who are turned away together must not come back together. */
  readonly random: () => number;
  /** ms of a monotonic clock. */
  readonly now: () => number;
  /** Absent = the next turn of the event loop. */
  readonly nextTurn?: NextTurn;
  readonly limits?: GroupLimits;
  /** Told of each transaction that is over. */
  readonly committed?: (outcome: GroupOutcome) => void;
  readonly quota?: QuotaLimits;
}

/** A receipt, with what only the server's own counters need to know. */
export interface Accepted {
  readonly receipt: Receipt;
  /** Batches that were new. */
  readonly stored: number;
  /** Number of each that could not be read, and why. */
  readonly quarantined: readonly { readonly seq: number; readonly why: string }[];
}

/** What a transaction found and did about one offer. */
interface Judged extends Settled {
  readonly facts: HostFacts;
  readonly checkpoint: Checkpoint;
  /** Where the chain ended before the epoch that was offered from its first batch on. */
  readonly before: EndedEpoch | undefined;
  readonly rules: readonly PolicyRule[];
}

/** More than this would wait for seconds. Turning one away costs a signature too, so it is not done before it helps. */
const VERIFYING_MAX = 4_000;

/** A delivery of sound batches is read in less. */
const LONGEST_TURN_MS = 10;

/** Somebody else holds the host, or the group held what the database refuses: it is judged by itself. */
const BUSY = "busy";
type Busy = typeof BUSY;

/**
 * The path of a delivery: the bytes are those that were digested, the digest is what was signed, the signer is known, the
 * batches are next in its chain. Then they are stored, readable or not, with all that is derived from them, in one
 * transaction that others share; the receipt is given after the commit.
 */
export class Ingest {
  readonly #ports: IngestPorts;
  readonly #group: GroupCommit<Offer, Judged | Busy>;

  readonly #quota: AgentQuota;
  /** By agent: when what is being read of it will have been. */
  readonly #reading = new Map<string, Promise<void>>();
  /** Signatures that are being checked, or wait for it. */
  #verifying = 0;

  constructor(ports: IngestPorts) {
    this.#ports = ports;
    this.#quota = new AgentQuota(ports.now, ports.quota);
    const watch = { now: ports.now, ended: (outcome: GroupOutcome) => ports.committed?.(outcome) };
    this.#group = new GroupCommit((tasks) => this.#commit(tasks), ports.limits, watch, ports.nextTurn);
  }

  /** Batches that wait for a writer. */
  get waiting(): number {
    return this.#group.waiting;
  }

  /** Turned away before anything of it is read, so that it costs next to nothing; null = it may come in. */
  overload(isLive = true): Refusal | null {
    if (this.#verifying < VERIFYING_MAX && !this.#group.isFull(isLive)) return null;
    const retrySeconds = 2 + Math.floor(this.#ports.random() * (isLive ? 4 : 30));
    return refuse("unavailable", `The server has more to store than it can, try again in ${retrySeconds} s`, { retrySeconds });
  }

  /**
   * By its headers alone, before a byte of the body is taken: all that is signed stands in them. Who may not send, or sends
   * more than one may, is turned away here.
   */
  async admit(request: DeliveryHead, bytes: number): Promise<SignedClaim | Refusal> {
    const overload = this.overload();
    if (overload !== null) return overload;
    this.#verifying += 1;
    const claim = await authenticate(this.#ports, request).finally(() => {
      this.#verifying -= 1;
    });
    if (isRefusal(claim)) return claim;
    return this.#quota.take(claim.agent, bytes) ?? claim;
  }

  async receive(claim: SignedClaim, body: Uint8Array): Promise<Accepted | Refusal> {
    const { crypto } = this.#ports;
    if (digestHeader(crypto.sha256(body)) !== claim.contentDigest)
      return refuse("bad_digest", "The body is not the one of its Content-Digest");
    const offer = await this.#read(claim, body);
    if (isRefusal(offer)) return offer;
    const size = offer.links.length;
    const isLive = offer.live === null && size === 1;
    const busy = this.overload(isLive) ?? this.#quota.takeBatches(claim.agent, size) ?? this.#crowd(claim.agent, size);
    if (busy !== null) return busy;
    const judged = await this.#group.submit({ host: claim.agent, size, isLive, work: offer });
    return this.#answer(offer, judged === BUSY ? await this.#wait(offer) : judged);
  }

  /** Deliveries of one agent are read one after the other, however many there are. */
  async #read(claim: SignedClaim, body: Uint8Array): Promise<Offer | Refusal> {
    const { crypto, open } = this.#ports;
    const read = () => this.#inTurns(claim.agent, offerInSteps(claim, body, crypto.sha256, open));
    const before = this.#reading.get(claim.agent) ?? Promise.resolve();
    const offer = before.then(() => this.#quota.mayRead(claim.agent) ?? read());
    const ended = offer.then(
      () => {},
      () => {},
    );
    this.#reading.set(claim.agent, ended);
    try {
      return await offer;
    } finally {
      if (this.#reading.get(claim.agent) === ended) this.#reading.delete(claim.agent);
    }
  }

  /** What reading takes is counted, and after some ms of it others are heard. */
  async #inTurns(agent: string, steps: Generator<void, Offer | Refusal>): Promise<Offer | Refusal> {
    const { nextTurn = NEXT_OF_LOOP } = this.#ports;
    for (let unbroken = 0; ; ) {
      const began = this.#ports.now();
      const { done, value } = steps.next();
      const ms = this.#ports.now() - began;
      this.#quota.haveRead(agent, ms);
      if (done) return value;
      unbroken += ms;
      if (unbroken <= LONGEST_TURN_MS) continue;
      unbroken = 0;
      await new Promise<void>((resolve) => nextTurn(resolve));
    }
  }

  #crowd(agent: string, size: number): Refusal | null {
    if (!this.#group.isCrowded(agent, size)) return null;
    return refuse("rate", "A delivery of this agent waits already, try again in 2 s", { retrySeconds: 2 });
  }

  #answer(offer: Offer, judged: Judged | null): Accepted | Refusal {
    if (judged === null) return unknownAgent(offer.claim);
    const { outcome } = judged;
    if (!isRefusal(outcome)) return this.#accept(offer, judged, outcome);
    return outcome.refused === "suspended" ? { ...outcome, tlsPins: this.#ports.tlsPins } : outcome;
  }

  /** Where the database refuses a value of one of them, that one is found and left to be judged by itself; it harms nobody else. */
  #commit(tasks: readonly Task<Offer>[]): Promise<readonly (Judged | Busy)[]> {
    const { store } = this.#ports;
    return halving<Offer, Judged | Busy>(
      tasks.map(({ work }) => work),
      {
        work: (offers) => store.transaction((ledger) => judgeAll(ledger, offers, false)),
        isFault: store.isRefusalOfData,
        alone: BUSY,
      },
    );
  }

  /** By itself: a host that another process or a person holds is waited for, and what the database refuses is set aside batch by batch. */
  async #wait(offer: Offer): Promise<Judged | null> {
    try {
      return await this.#single(offer);
    } catch (error) {
      if (!this.#ports.store.isRefusalOfData(error)) throw error;
    }
    let [last, batches]: [Judged | null, readonly NewBatch[]] = [null, []];
    for (const link of offer.links) {
      last = await this.#readableOrNot({ ...offer, live: unheard(offer), links: [link] });
      if (last === null || isRefusal(last.outcome)) return last;
      batches = [...batches, ...(last.change?.batches ?? [])];
    }
    return last?.change ? { ...last, change: { ...last.change, batches } } : last;
  }

  async #readableOrNot(offer: Offer): Promise<Judged | null> {
    try {
      return await this.#single(offer);
    } catch (error) {
      if (!this.#ports.store.isRefusalOfData(error)) throw error;
      return this.#single(withoutContent(offer));
    }
  }

  async #single(offer: Offer): Promise<Judged | null> {
    const [judged] = await this.#ports.store.transaction((ledger) => judgeAll(ledger, [offer], true));
    return judged === undefined || judged === BUSY ? null : judged;
  }

  #accept(offer: Offer, judged: Judged, verdict: Receipt["verdict"]): Accepted {
    const batches = judged.change?.batches ?? [];
    return {
      receipt: receiptOf(this.#ports, offer, judged, verdict),
      stored: batches.length,
      quarantined: batches.flatMap(({ link, derived }) =>
        derived.quarantined === null ? [] : [{ seq: link.seq, why: derived.quarantined }],
      ),
    };
  }
}

async function authenticate({ store, crypto }: IngestPorts, request: DeliveryHead): Promise<SignedClaim | Refusal> {
  const claim = readClaim(request);
  if (isRefusal(claim)) return claim;
  // A key that was agreed on just now is not known before it is asked for.
  for (const afresh of [false, true]) {
    const keys = await store.keysOf(claim.agent, afresh);
    if (keys.length === 0) return unknownAgent(claim);
    for (const one of claimsOf(claim, request))
      for (const signedBy of keys) if (await crypto.verifyEd25519(signedBy, signedText(one), one.signature)) return { ...one, signedBy };
  }
  return BAD_SIGNATURE;
}

const unknownAgent = ({ agent }: Claim): Refusal => refuse("unknown_agent", `No agent ${agent} is enrolled here`);

/** A live status that is not listened to. That there was one is kept: the delivery's digest is over it too. */
const unheard = ({ live }: Offer): Offer["live"] => live && { faults: [] };

/** What the database refused, although it was readable: kept as bytes, and nothing taken from it. */
const withoutContent = (offer: Offer): Offer => {
  const faults = [{ pointer: "", detail: "holds a value that the database refuses" }];
  return { ...offer, live: unheard(offer), links: offer.links.map((link) => ({ ...link, content: { faults } })) };
};

/** Judges and writes in one transaction. */
async function judgeAll(ledger: Ledger, offers: readonly Offer[], wait: boolean): Promise<(Judged | Busy)[]> {
  const hosts = offers.map(({ claim }) => claim.agent);
  const held = await ledger.hold(hosts, wait);
  const rules = await ledger.rules();
  const stored = await storedOf(ledger, offers, held);
  const changes: HostChange[] = [];
  const judged: (Judged | Busy)[] = [];
  for (const offer of offers) {
    const facts = held.get(offer.claim.agent);
    const one = facts === undefined ? BUSY : await judge(ledger, facts, offer, stored, rules);
    if (one !== BUSY && one.change !== null) changes.push({ ...one.change, checkpoint: one.checkpoint });
    judged.push(one);
  }
  if (changes.length > 0) await ledger.write(changes);
  return judged;
}

async function judge(
  ledger: Ledger,
  facts: HostFacts,
  offer: Offer,
  stored: Past["stored"],
  rules: readonly PolicyRule[],
): Promise<Judged> {
  const settled = settle(facts, offer, await epochEndOf(ledger, offer, facts, stored));
  if (isRefusal(settled.outcome) && settled.outcome.refused === "fork") await ledger.noteFork(facts, offer.claim);
  const before = isRefusal(settled.outcome) ? undefined : await epochBeforeOf(ledger, facts, offer, settled);
  return { ...settled, facts, rules, before, checkpoint: await checkpointOf(ledger, facts, settled) };
}

async function epochBeforeOf(
  ledger: Ledger,
  facts: HostFacts,
  { claim, links }: Offer,
  { change }: Settled,
): Promise<EndedEpoch | undefined> {
  if (claim.epoch <= 1 || links[0]?.seq !== 1) return undefined;
  return change?.endedEpoch ?? (await ledger.epochBefore(facts.id, claim.epoch));
}

async function storedOf(ledger: Ledger, offers: readonly Offer[], held: ReadonlyMap<string, HostFacts>): Promise<Past["stored"]> {
  const places = offers.flatMap((offer) => {
    const facts = held.get(offer.claim.agent);
    return facts === undefined ? [] : pastOf(offer, facts);
  });
  return places.length === 0 ? new Map() : ledger.stored(places);
}

/** Asked only where a batch of an earlier epoch is not stored: then it was never sent, or retention removed it. */
async function epochEndOf(ledger: Ledger, { claim, links }: Offer, facts: HostFacts, stored: Past["stored"]): Promise<Past> {
  const isKnown = links.every(({ seq }) => stored.has(placeKey({ host: facts.id, epoch: claim.epoch, seq })));
  if (claim.epoch >= facts.chain.epoch || isKnown) return { stored, epochEnd: undefined };
  return { stored, epochEnd: await ledger.epochEnd(facts.id, claim.epoch) };
}

async function checkpointOf(ledger: Ledger, facts: HostFacts, { change }: Settled): Promise<Checkpoint> {
  const { checkpointedSeq: seq, receivedAt } = facts;
  if (change === null) return { seq, since: null };
  if (change.endedEpoch !== null) return { seq: 0, since: receivedAt };
  if (!facts.checkpointDue) return { seq, since: null };
  const after = await ledger.afterCheckpoint(facts.id, { epoch: facts.chain.epoch, seq });
  return { seq: advanceCheckpoint(seq, after), since: after.find(({ old }) => !old)?.receivedAt ?? receivedAt };
}

const LEAP_LIST_EVERY = 50;

/** The list is longer than all else that a receipt says: it comes at first, with each change of the policy, and now and then. */
const bringsLeapList = (links: Offer["links"], { version }: Pick<Policy, "version">): boolean =>
  links.some(
    ({ seq, content }) => seq <= 2 || seq % LEAP_LIST_EVERY === 0 || !("batch" in content) || content.batch.policy_version !== version,
  );

/** How the host says that it is now. */
const newestOf = ({ links, live }: Offer): Batch | null => {
  const content = live !== null && "batch" in live ? live : links.at(-1)?.content;
  return content !== undefined && "batch" in content ? content.batch : null;
};

/** Told until the host says that it has it. */
function newAssignment({ assignmentOf }: IngestPorts, offer: Offer, { mesh }: Policy): Assignment | null {
  const drawn = mesh ? (assignmentOf?.(offer.claim.agent) ?? null) : null;
  return drawn === null || newestOf(offer)?.mesh?.assignment === drawn.version ? null : drawn;
}

const NO_ANSWERS: Answers = { burst: null, rehearsals: [] };

/** Asked with each receipt until a batch answers. */
function stillAsked(
  { burstWanted, flightWanted, rehearsalWanted }: HostFacts,
  answers: Answers,
): Pick<Receipt, "burst" | "flight" | "rehearsal"> {
  return {
    ...(flightWanted === null ? {} : { flight: flightWanted.toString() }),
    ...(burstWanted === null || burstWanted === answers.burst ? {} : { burst: burstWanted }),
    ...(rehearsalWanted === null || answers.rehearsals.includes(rehearsalWanted.id) ? {} : { rehearsal: rehearsalWanted }),
  };
}

/** Said where the chain ends in another batch than the one that is stated. */
function headBeyond(chain: HostChain, stated: string): Pick<Receipt, "chain_head"> {
  const head = headOf(chain);
  return head === null || head.hash === stated ? {} : { chain_head: head };
}

/** A duplicate gets the first statement of its batch inside a fresh receipt. */
function receiptOf(ports: IngestPorts, offer: Offer, judged: Judged, verdict: Receipt["verdict"]): Receipt {
  const { signReceipt, tlsPins, leapList, keyDays } = ports;
  const { claim, links } = offer;
  const { facts, last, checkpoint, change, before } = judged;
  const { agent, epoch } = claim;
  const seq = claim.seq + links.length - 1;
  const { hash = "", receivedAt = facts.receivedAt } = last ?? {};
  const chain = change?.chain ?? facts.chain;
  const policy = choosePolicy(facts.labels, judged.rules);
  const assignment = newAssignment(ports, offer, policy);
  return {
    version: 1,
    verdict,
    seq,
    epoch: chain.epoch,
    expected_seq: chain.nextSeq,
    ...headBeyond(chain, hash),
    ...(before === undefined ? {} : { epoch_begun: { epoch, after_epoch: before.epoch, after_seq: before.lastSeq } }),
    checkpointed_seq: checkpoint.seq === 0 ? null : checkpoint.seq,
    statement: {
      hash,
      received_at_ns: receivedAt.toString(),
      signature: Buffer.from(signReceipt(receiptText({ agent, epoch, seq, hash, receivedAt }))).toString("base64url"),
    },
    server_time_ns: facts.receivedAt.toString(),
    // Until the server's own clock is measured, nothing is known of how far off it is.
    server_uncertainty_ns: null,
    tls_pins: [...tlsPins],
    ...stillAsked(facts, change?.answers ?? NO_ANSWERS),
    ...(wantsRotation(facts.keys, keyDays) ? { rotate_key: true } : {}),
    policy: bringsLeapList(links, policy) ? withLeapList(policy, leapList?.()) : policy,
    ...(assignment === null ? {} : { assignment }),
  };
}
