import {
  type Aead,
  type Association,
  IDENTIFIER_BYTES,
  type InTime,
  inTime,
  type KeyState,
  keyed,
  NO_KEYS,
  NONCE_BYTES,
  type NtsRefusal,
  needsKeys,
  type Opened,
  openReply,
  protect,
  refill,
  renewalFailed,
  spend,
  toUtc,
  withoutKeys,
} from "@truebound/ntp";
import type { Interval } from "@truebound/time";
import type { KeyOutcome, Keys, KeyTrouble } from "./nts-keys.ts";
import type { Endpoint, RandomNonce } from "./ports.ts";
import type { SourceNts } from "./source-options.ts";

/** How far from UTC a source may say that it is when the dates of its certificate are held against it, ns. */
const NEAR = 1_000_000_000n;

/** A certificate whose dates exclude what is known of UTC. */
export type DateTrouble = "nts_certificate_expired" | "nts_certificate_not_yet_valid";
export type NtsTrouble = NtsRefusal | KeyTrouble | DateTrouble;

/** What ties a reply to its authenticated request. */
export interface Sealed {
  readonly identifier: Uint8Array;
  readonly under: Association;
  readonly aead: Aead;
}

/** By what a source proves who it is. */
export interface Proof {
  /** The name in its certificate by which it was asked for. */
  readonly name: string;
  /** SHA-256 of the certificate's public key, base64url. */
  readonly key: string;
  /** Whether what was measured of UTC, by others than this source, lies within the certificate's dates. */
  readonly dates: "confirmed" | "provisional";
}

/**
 * The client's side of NTS with one source: its keys, its cookies, and whose they are. The host's clock has no say in
 * whether a certificate holds, for it may be years off. Its dates are held against what is proved of UTC. As long as nothing is,
 * keys are taken *provisionally*, and each reply must itself lie within the dates.
 */
export class NtsDialogue {
  readonly #source: SourceNts;
  readonly #name: string;
  #state: KeyState = NO_KEYS;
  #keys: Keys | null = null;
  #confirmed = false;
  /** When it was last asked whether keys are needed, s on the caller's monotonic clock. */
  #now = 0;
  /** The key that was shown last in place of a pinned one; null = the last that was shown is pinned, or nothing is. */
  #strangeKey: string | null = null;
  /** Of the request under way: the server does not know its cookie, or somebody says so. */
  #ntsn: Sealed | null = null;

  constructor(source: SourceNts, name: string) {
    this.#source = source;
    this.#name = name;
  }

  /** True when it is not asked at all as long as there are no keys. */
  get isRequired(): boolean {
    return this.#source.mode === "required";
  }

  get keyPort(): number {
    return this.#source.kePort;
  }

  get name(): string {
    return this.#name;
  }

  get pins(): readonly string[] | undefined {
    return this.#source.pins;
  }

  get strangeKey(): string | null {
    return this.#strangeKey;
  }

  /** Where NTP is served, as the server of the keys said it last; null = it has not. */
  get endpoint(): Endpoint | null {
    return this.#keys?.endpoint ?? null;
  }

  /** Of the keys that were held last: what they authenticated stays authenticated when they are spent. */
  get proof(): Proof | null {
    if (this.#keys === null) return null;
    return { name: this.#name, key: this.#keys.certificate.key, dates: this.#confirmed ? "confirmed" : "provisional" };
  }

  /** True when keys are to be established before the next request. @param now s, monotonic. */
  needsKeys(now: number): boolean {
    this.#now = now;
    return needsKeys(this.#state, now);
  }

  /** What came of asking for keys. @param utc what is proved of UTC; null = nothing. Returns why they are not used; null = they are. */
  learned(outcome: KeyOutcome, utc: Interval | null): NtsTrouble | null {
    if (outcome.kind === "refused") {
      this.#strangeKey = outcome.shown ?? this.#strangeKey;
      this.#state = renewalFailed(this.#state, this.#now);
      return outcome.reason;
    }
    const { c2s, s2c, cookies } = outcome;
    this.#keys = outcome;
    this.#strangeKey = null;
    this.#confirmed = false;
    this.#state = keyed(this.#state, { c2s, s2c, cookies, since: this.#now });
    return this.judgeDates(utc);
  }

  /** Holds the dates against what is proved of UTC, until they have been confirmed once. */
  judgeDates(utc: Interval | null): DateTrouble | null {
    const verdict = this.#verdictOn(utc);
    this.#confirmed ||= verdict === "in_time";
    return this.#dropUntimely(verdict);
  }

  /** Holds them against the NTP time at which the source itself says it is: that can contradict them, and confirms nothing. */
  judgeOwnTime(timestamp: bigint): DateTrouble | null {
    return this.#dropUntimely(this.#verdictOn({ lo: toUtc(timestamp) - NEAR, hi: toUtc(timestamp) + NEAR }));
  }

  /** The request with a cookie of it; null = there are no keys. */
  protect(request: Uint8Array, random: RandomNonce): { bytes: Uint8Array; sealed: Sealed } | null {
    this.#ntsn = null;
    const aead = this.#keys?.aead;
    const next = spend(this.#state);
    if (aead === undefined || next === null) return null;
    this.#state = next.state;
    const identifier = drawn(random, IDENTIFIER_BYTES);
    const spent = { cookie: next.cookie, placeholders: next.placeholders, key: next.association.c2s };
    const bytes = protect(request, spent, { identifier, nonce: drawn(random, NONCE_BYTES) }, aead);
    return { bytes, sealed: { identifier, under: next.association, aead } };
  }

  /**
   * Why a reply is not of who holds the keys; null = it is. Changes nothing but that a kiss is remembered: it is not sealed, and
   * whoever sees the request can send it, so the reply is still waited for.
   */
  whyUnproved(sealed: Sealed, reply: Uint8Array): NtsTrouble | null {
    const opened = this.#open(sealed, reply);
    if (opened.kind === "authentic") return null;
    if (opened.reason === "kiss_ntsn") this.#ntsn = sealed;
    return opened.reason;
  }

  /** The same of the reply that ends the exchange: what an authentic one brings is kept. */
  takeProof(sealed: Sealed, reply: Uint8Array): NtsTrouble | null {
    const opened = this.#open(sealed, reply);
    if (opened.kind === "refused") return opened.reason;
    this.#ntsn = null;
    this.#state = refill(this.#state, sealed.under, opened.cookies);
    return null;
  }

  #open({ identifier, under, aead }: Sealed, reply: Uint8Array): Opened {
    return openReply(reply, identifier, under.s2c, aead);
  }

  /** No authentic reply came. Where a kiss did, the keys are of no use any more. */
  unanswered(sealed: Sealed): void {
    if (this.#ntsn === sealed) this.#drop("kiss_ntsn");
  }

  /** Another address is another server: cookies are good for one only. */
  moved(): void {
    this.#state = NO_KEYS;
    this.#keys = null;
  }

  #verdictOn(utc: Interval | null): InTime {
    return this.#keys === null || this.#confirmed ? "undecided" : inTime(this.#keys.certificate.validity, utc);
  }

  #dropUntimely(verdict: InTime): DateTrouble | null {
    if (verdict !== "expired" && verdict !== "not_yet_valid") return null;
    this.#keys = null;
    return this.#drop(`nts_certificate_${verdict}`);
  }

  #drop<T extends NtsTrouble>(why: T): T {
    this.#state = withoutKeys(this.#state, this.#now);
    return why;
  }
}

const WORD_BYTES = 8;

/** Bytes of the system's generator, by the words in which nonces are drawn. */
function drawn(random: RandomNonce, bytes: number): Uint8Array {
  const view = new DataView(new ArrayBuffer(bytes));
  for (let at = 0; at < bytes; at += WORD_BYTES) view.setBigUint64(at, random());
  return new Uint8Array(view.buffer);
}
