import { randomBytes, type X509Certificate } from "node:crypto";
import { headText, readTimestampResponse, type TimestampToken, timestampRequest, verifyToken } from "@truebound/audit";
import type pg from "pg";
import type { Log } from "../../log.ts";
import type { SignedHead } from "../../log-book/ports.ts";
import type { Sample } from "../../metrics/fleet-samples.ts";
import { nodeCrypto } from "../crypto/node-crypto.ts";
import { lastHead } from "../postgres/log/head-store.ts";
import type { Queryable } from "../postgres/pool.ts";
import { asOnlyOne } from "../postgres/singleton.ts";
import type { AskAuthority, Authority } from "./ask-authority.ts";
import { tokenCrypto } from "./token-crypto.ts";

export interface AnchorSettings extends Authority {
  /** Who vouches for the authority; null = that is left to whoever verifies. */
  readonly roots: readonly X509Certificate[] | null;
}

export interface AnchorKeeper {
  /** To be called every minute: asks at most once an hour, and where the newest head has no token yet. */
  look(): Promise<void>;
  samples(): Sample[];
  /** Whom it asks, and why its last answer was not taken; null = it was, or none was due. */
  state(): { readonly authority: string; readonly trouble: string | null };
}

const DUE = `
  select not exists (select from log_anchor where asked_at > clock_timestamp() - interval '1 hour')
    and not exists (select from log_anchor where head = $1) as due`;
const INSERT = "insert into log_anchor (head, authority, request, response, granted_ns) values ($1, $2, $3, $4, $5)";

const ANCHORS = "truebound anchors";

/** Has the newest head stamped. Nothing waits for it: a head counts before it is anchored. */
export function anchorKeeper(pool: pg.Pool, settings: AnchorSettings, ask: AskAuthority, log: Log): AnchorKeeper {
  let anchoredMs: number | null = null;
  let hasFailed = false;
  let trouble: string | null = null;
  return {
    look: async () => {
      try {
        if (await asOnlyOne(pool, ANCHORS, (client) => anchor(client, settings, ask))) anchoredMs = performance.now();
        if (hasFailed) log.info(`Heads of the log are anchored again by ${nameOf(settings)}`);
        [hasFailed, trouble] = [false, null];
      } catch (error) {
        trouble = error instanceof Error ? error.message : String(error);
        if (!hasFailed) log.warn(`Cannot anchor the log: ${trouble}`);
        hasFailed = true;
      }
    },
    state: () => ({ authority: nameOf(settings), trouble }),
    samples: () => (anchoredMs === null ? [] : [{ family: "logAnchorAge", labels: {}, value: (performance.now() - anchoredMs) / 1000 }]),
  };
}

/** False = none is due. */
async function anchor(client: Queryable, settings: AnchorSettings, ask: AskAuthority): Promise<boolean> {
  const last = await lastHead(client);
  if (last === null || (await client.query<{ due: boolean }>(DUE, [last.number])).rows[0]?.due !== true) return false;
  const { request, response, token } = await tokenOver(last, settings, ask);
  await client.query(INSERT, [last.number, nameOf(settings), request, response, token.time]);
  return true;
}

async function tokenOver({ head }: SignedHead, settings: AnchorSettings, ask: AskAuthority) {
  const sha256 = nodeCrypto.sha256(headText(head));
  const nonce = randomBytes(8);
  const request = timestampRequest(sha256, nonce);
  const response = await ask(settings, request);
  if ("why" in response) throw new Error(`${nameOf(settings)} gave no token: ${response.why}`);
  const token = tokenIn(response, nameOf(settings));
  const trouble = verifyToken(token, { sha256, nonce: BigInt(`0x${nonce.toString("hex")}`) }, tokenCrypto(settings.roots));
  if (trouble !== null) throw new Error(`The token of ${nameOf(settings)} is not taken: ${trouble}`);
  return { request, response, token };
}

function tokenIn(response: Uint8Array, name: string): TimestampToken {
  const read = readTimestampResponse(response);
  if (read === null) throw new Error(`${name} gave no token: its answer is none of RFC 3161`);
  if ("refused" in read) throw new Error(`${name} gave no token: ${read.refused}`);
  return read.token;
}

/** Without what lets us in. */
const nameOf = ({ url }: Authority): string => {
  const { origin, pathname } = new URL(url);
  return `${origin}${pathname}`;
};
