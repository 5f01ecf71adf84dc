import { formatUtc, type UtcInstant } from "@truebound/time";
import type { LabelSet } from "../policy/choose-policy.ts";
import type { Told } from "./admin.ts";
import type { HoldRequest } from "./hold-requests.ts";
import { sayLabels } from "./labels.ts";
import type { AdminStore } from "./ports.ts";

/** A hold, as it is shown. */
export interface AdminHold {
  readonly id: number;
  /** Id and name; null = it is on labels. */
  readonly host: { readonly id: string; readonly name: string } | null;
  readonly selector: LabelSet | null;
  readonly from: UtcInstant;
  readonly to: UtcInstant;
  readonly reason: string;
  readonly who: string;
  /** By the clock of the database. */
  readonly addedAt: UtcInstant;
  /** Null = it is in force. */
  readonly released: { readonly at: UtcInstant; readonly who: string; readonly reason: string } | null;
}

export interface HoldStore {
  /** Those in force; with `all` every one that ever was. */
  holds(all: boolean): Promise<AdminHold[]>;
  /** How many hosts carry these labels, whatever became of them. */
  countHosts(selector: LabelSet): Promise<number>;
  /** Returns its number. Whatever was just being removed is gone; nothing that it covers is removed after. */
  addHold(hold: {
    readonly on: { readonly hostId: string } | { readonly selector: LabelSet };
    readonly from: UtcInstant;
    readonly to: UtcInstant;
    readonly reason: string;
    readonly who: string;
  }): Promise<number>;
  /** False = there is none of this number. */
  releaseHold(id: number, reason: string, who: string): Promise<boolean>;
}

export async function administerHolds(store: HoldStore & Pick<AdminStore, "host">, request: HoldRequest): Promise<Told> {
  switch (request.do) {
    case "add_hold":
      return add(store, request);
    case "list_holds":
      return list(await store.holds(request.all), request);
    case "release_hold":
      return (await store.releaseHold(request.id, request.reason, request.who))
        ? say(`Released hold ${request.id}: what it held goes when it is past its age`)
        : refuse(`Cannot release hold ${request.id}: there is none of this number in force`);
    default:
      return request satisfies never;
  }
}

const say = (err: string): Told => ({ code: 0, out: "", err: `${err}\n` });
const refuse = (err: string): Told => ({ code: 1, out: "", err: `${err}\n` });

async function add(store: HoldStore & Pick<AdminStore, "host">, request: Extract<HoldRequest, { do: "add_hold" }>): Promise<Told> {
  const { on, future, from, to, reason, who } = request;
  if ("selector" in on) {
    const count = await store.countHosts(on.selector);
    if (count === 0 && !future)
      return refuse(`Cannot hold hosts with${sayLabels(on.selector)}: none carries these labels; say --future for hosts that will`);
    return added(await store.addHold({ on, from, to, reason, who }), `all hosts with${sayLabels(on.selector)}, ${count} now`);
  }
  const host = await store.host(on.host);
  if (host === null) return refuse(`Cannot hold ${JSON.stringify(on.host)}: no host has this id or name`);
  return added(await store.addHold({ on: { hostId: host.id }, from, to, reason, who }), `${host.name} (${host.id})`);
}

const added = (id: number, what: string): Told => ({ code: 0, out: `${id}\n`, err: `Hold ${id} is in force on ${what}\n` });

function list(holds: readonly AdminHold[], { all, json }: { readonly all: boolean; readonly json: boolean }): Told {
  if (json) return { code: 0, out: `${JSON.stringify({ items: holds.map(itemOf), next: null }, null, 2)}\n`, err: "" };
  return holds.length === 0
    ? say(all ? "There was never a hold" : "No hold is in force")
    : { code: 0, out: holds.map(lineOf).join(""), err: "" };
}

const itemOf = ({ id, host, selector, from, to, reason, who, addedAt, released }: AdminHold) => ({
  id,
  host: host?.id ?? null,
  selector,
  from: formatUtc(from),
  to: formatUtc(to),
  reason,
  who,
  added_at: formatUtc(addedAt),
  released: released && { at: formatUtc(released.at), who: released.who, reason: released.reason },
});

const lineOf = ({ id, host, selector, from, to, reason, who, addedAt, released }: AdminHold): string =>
  `${id}  ${host === null ? `hosts with${sayLabels(selector ?? {})}` : host.name}  from ${formatUtc(from)} to ${formatUtc(to)}  ${reason} (${who}, ${formatUtc(addedAt)})${released === null ? "" : `  released: ${released.reason} (${released.who}, ${formatUtc(released.at)})`}\n`;
