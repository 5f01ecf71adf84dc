import { isUsable, POOL } from "./key-establishment.ts";

/**
 * What a client holds of one NTS server, as a state machine. Cookies are spent oldest first, one for each request and never
 * again: seen twice, they would tell that two requests are of one client. Time is any monotonic count of seconds.
 */
export interface Association {
  /** Of requests. */
  readonly c2s: Uint8Array;
  /** Of replies. */
  readonly s2c: Uint8Array;
  /** Oldest first. */
  readonly cookies: readonly Uint8Array[];
  readonly since: number;
}

export type KeyState =
  /** No keys, and none to be asked for before `notBefore`. */
  | { readonly kind: "none"; readonly failures: number; readonly notBefore: number }
  | { readonly kind: "keyed"; readonly failures: number; readonly association: Association };

export const NO_KEYS: KeyState = { kind: "none", failures: 0, notBefore: Number.NEGATIVE_INFINITY };

/** Four weeks, as chronyd's `ntsrefresh`: a session that was recorded is worth less, and what the server offers now is used. */
const KEPT_SECONDS = 28 * 86_400;
/** RFC 8915, section 4.2: from 10 s by halves more. It suggests five days at most; a monitor that is blind so long is none. */
const BACKOFF = { first: 10, base: 1.5, longest: 3600 } as const;

/** Seconds until keys may be asked for again, after so many failures in a row. */
export const backoffSeconds = (failures: number): number =>
  failures === 0 ? 0 : Math.min(BACKOFF.longest, BACKOFF.first * BACKOFF.base ** (failures - 1));

/** True when keys are to be established before the next request. */
export function needsKeys(state: KeyState, now: number): boolean {
  if (state.kind === "none") return now >= state.notBefore;
  const { cookies, since } = state.association;
  return now - since >= (cookies.length === 0 ? backoffSeconds(state.failures) : KEPT_SECONDS);
}

/** Keys were established. What failed before counts until they have been of use: a server whose keys never work is not asked faster for that. */
export const keyed = ({ failures }: KeyState, association: Association): KeyState => ({ kind: "keyed", failures, association });

/** No keys were to be had, or those held are of no use. */
export const withoutKeys = ({ failures }: KeyState, now: number): KeyState => ({
  kind: "none",
  failures: failures + 1,
  notBefore: now + backoffSeconds(failures + 1),
});

/** Keys were asked for and not given. Those held are good as long as there is a cookie: they are only renewed later. */
export function renewalFailed(state: KeyState, now: number): KeyState {
  if (state.kind === "none" || state.association.cookies.length === 0) return withoutKeys(state, now);
  const failures = state.failures + 1;
  const since = now - KEPT_SECONDS + backoffSeconds(failures);
  return { kind: "keyed", failures, association: { ...state.association, since } };
}

/**
 * The oldest cookie, and how many to ask for so that the pool is full again; null = there is none. With the last one gone without
 * an authentic reply the keys were of no use: where replies never come, keys are asked for ever more seldom.
 */
export function spend(state: KeyState): { cookie: Uint8Array; placeholders: number; association: Association; state: KeyState } | null {
  if (state.kind === "none") return null;
  const [cookie, ...cookies] = state.association.cookies;
  if (cookie === undefined) return null;
  const association = { ...state.association, cookies };
  const failures = state.failures + (cookies.length === 0 ? 1 : 0);
  return { cookie, placeholders: POOL - 1 - cookies.length, association, state: { ...state, failures, association } };
}

/** An authentic reply brought these. Those of keys that are held no more are of no use. */
export function refill(state: KeyState, under: Pick<Association, "s2c">, fresh: readonly Uint8Array[]): KeyState {
  if (state.kind === "none" || state.association.s2c !== under.s2c) return state;
  const cookies = [...state.association.cookies, ...fresh.filter(isUsable)].slice(0, POOL);
  return { kind: "keyed", failures: 0, association: { ...state.association, cookies } };
}
