import { Goodbye, type GoodbyeReply, validator } from "@truebound/wire";
import { isRefusal, type Refusal, refuse } from "../refusal.ts";
import type { EnrolCrypto } from "./ports.ts";
import { type PostRequest, parseBody, readSignedPost } from "./signed-post.ts";

/** A host that may go, its row locked until the work on it commits. */
export interface LeavingHost {
  readonly state: "pending" | "active" | "suspended" | "revoked" | "retired";
  readonly keys: readonly Uint8Array[];
  readonly isEphemeral: boolean;
  readonly epoch: number;
  readonly nextSeq: number;
  retire(): Promise<void>;
}

export interface GoodbyeStore {
  /** Null = there is no such host. */
  withLeaving<T>(agent: string, work: (host: LeavingHost) => Promise<T>): Promise<T | null>;
}

export interface GoodbyePorts {
  readonly store: GoodbyeStore;
  readonly crypto: Pick<EnrolCrypto, "sha256" | "verifyEd25519">;
}

const schema = validator(Goodbye);

/**
 * An ephemeral host says that it goes, and is retired. It names its latest batch: said again after the host has reported
 * since, or has come back in another epoch, the same words mean nothing.
 */
export async function sayGoodbye({ store, crypto }: GoodbyePorts, request: PostRequest): Promise<GoodbyeReply | Refusal> {
  const claim = readSignedPost(request, crypto);
  if (isRefusal(claim)) return claim;
  const body = parseBody(request.body);
  if (!schema.accepts(body)) return refuse("malformed", "The request is no goodbye", { errors: schema.errors(body) });
  const outcome = await store.withLeaving(claim.agent, async (host) => {
    if (body.agent !== claim.agent || !host.keys.some((key) => claim.isBy(key)))
      return refuse("bad_signature", "The signature is not by this agent's key over this request");
    const mayNot = refusalOf(host, body);
    if (mayNot !== null) return mayNot;
    if (host.state !== "retired") await host.retire();
    return { version: 1, agent: claim.agent, state: "retired" } as const;
  });
  return outcome ?? refuse("unknown_agent", `No agent ${claim.agent} is enrolled here`);
}

export function refusalOf(
  host: Omit<LeavingHost, "retire" | "keys">,
  { epoch, last_seq }: Pick<Goodbye, "epoch" | "last_seq">,
): Refusal | null {
  if (host.state === "revoked") return refuse("revoked", "This agent was revoked");
  if (host.state === "suspended") return refuse("suspended", "This agent is suspended");
  if (!host.isEphemeral) return refuse("bad_request", "Only a host that joined as ephemeral says goodbye; others fall silent");
  if (host.epoch === epoch && host.nextSeq === last_seq + 1) return null;
  return refuse("seq_gap", `The latest batch is ${host.nextSeq - 1} of epoch ${host.epoch}, not ${last_seq} of epoch ${epoch}`, {
    expectedSeq: host.nextSeq,
  });
}
