import type { HostList, IntervalAnswer, OrderAnswer, StampAnswer } from "@truebound/wire";
import { type Answer, failed } from "./answer.ts";
import { exchange } from "./exchange.ts";
import { getJson } from "./get-json.ts";
import { csrfHeader } from "./held-csrf.ts";
import type { ServerClock } from "./server-clock.ts";

const API = "/api/v1";
/** Evidence of an old time may lie in the archive, and many stamps in many places of it. */
const PATIENCE_MS = 120_000;
const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

export interface OrderWish {
  /** Both as HOST@TIME. */
  readonly a: string;
  readonly b: string;
  /** Its application's error widens both; "" = of the clocks alone. */
  readonly scope: string;
}

const ofScope = (scope: string): Record<string, string> => (scope === "" ? {} : { scope });

export function loadOrder({ a, b, scope }: OrderWish, clock: ServerClock, signal: AbortSignal): Promise<Answer<OrderAnswer>> {
  return exchange(`${API}/order?${new URLSearchParams({ a, b, ...ofScope(scope) })}`, {}, clock, signal, PATIENCE_MS);
}

export interface IntervalOf {
  readonly name: string;
  readonly interval: IntervalAnswer;
}

export interface IntervalWish {
  readonly host: string;
  readonly at: string;
  /** As of an order. */
  readonly scope: string;
}

export async function loadInterval(wish: IntervalWish, clock: ServerClock, signal: AbortSignal): Promise<Answer<IntervalOf>> {
  const { host, at, scope } = wish;
  const found = UUID.test(host) ? { ok: true as const, value: { id: host, name: host } } : await hostNamed(host, clock, signal);
  if (!found.ok) return found;
  const path = `${API}/hosts/${found.value.id}/interval?${new URLSearchParams({ at, ...ofScope(scope) })}`;
  const answer = await exchange<IntervalAnswer>(path, {}, clock, signal, PATIENCE_MS);
  return answer.ok ? { ok: true, value: { name: found.value.name, interval: answer.value } } : answer;
}

interface Named {
  readonly id: string;
  readonly name: string;
}

/** Of the past a name says less than an id: another host may have had it, and may be gone. */
async function hostNamed(name: string, clock: ServerClock, signal: AbortSignal): Promise<Answer<Named>> {
  const path = `${API}/hosts?${new URLSearchParams({ q: name, retired: "1", limit: "10000" })}`;
  const answer = await getJson<HostList>(path, clock, signal);
  if (!answer.ok) return answer;
  const all = answer.value.items.filter((host) => host.name === name);
  const [host] = all;
  if (host !== undefined && all.length === 1) return { ok: true, value: host };
  return failed({ kind: "refused", url: path, status: 404, title: "not found", detail: whyNot(name, all) });
}

const whyNot = (name: string, all: readonly Named[]): string =>
  all.length === 0
    ? `No host has the id or name "${name}"`
    : `Cannot tell which host "${name}" is: write an id, ${all.map(({ id }) => id).join(" or ")}`;

export interface StampsWish {
  /** HOST,TIME,ID in each line. */
  readonly csv: string;
  /** By which of these it is judged. */
  readonly by: "limit" | "profile" | "scope";
  readonly value: string;
}

export function loadStamps({ csv, by, value }: StampsWish, clock: ServerClock, signal: AbortSignal): Promise<Answer<StampAnswer>> {
  const headers = { accept: "application/json", "content-type": "text/csv", ...csrfHeader() };
  return exchange(
    `${API}/stamps?${new URLSearchParams({ [by]: value })}`,
    { method: "POST", headers, body: csv },
    clock,
    signal,
    PATIENCE_MS,
  );
}
