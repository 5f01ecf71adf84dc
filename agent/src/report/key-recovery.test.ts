import { generateKeyPairSync, sign, verify } from "node:crypto";
import { type RotateRequest, rotateText } from "@truebound/wire";
import { describe, expect, it } from "vitest";
import { KeyRecovery } from "./key-recovery.ts";
import type { HttpAnswer, ServerLink, Signer } from "./ports.ts";

const AGENT = "00000000-0000-4000-8000-000000000001";

interface Key extends Signer {
  readonly verifies: (text: string, signature: string) => boolean;
}

function newKey(): Key {
  const { privateKey, publicKey } = generateKeyPairSync("ed25519");
  return {
    publicKey: publicKey.export({ format: "jwk" }).x as string,
    sign: (text) => sign(null, Buffer.from(text), privateKey),
    verifies: (text, signature) => verify(null, Buffer.from(text), publicKey, Buffer.from(signature, "base64url")),
  };
}

const answer = (status: number, body: unknown): HttpAnswer => ({ kind: "answer", status, body, retryAfterSeconds: null });
const REFUSED = answer(401, { type: "urn:x", title: "x", status: 401, code: "bad_signature", detail: "not its key" });

/** A server that knows one key, and who signed what it was asked. */
function serverThatKnows(known: Key, present: Key) {
  const askedBy: string[] = [];
  let closed = 0;
  const settle = (request: RotateRequest): HttpAnswer => {
    const isWhole =
      known.verifies(rotateText(request), request.old_signature) && present.verifies(rotateText(request), request.new_signature);
    return isWhole ? answer(200, { version: 1, agent: AGENT, public_key: request.public_key }) : REFUSED;
  };
  const linkBy = (former: Signer): ServerLink & { close(): void } => ({
    post: async () => answer(200, { challenge: Buffer.alloc(32).toString("base64url"), expires_in_s: 60 }),
    postSigned: async (_, agent, body) => {
      expect(agent).toBe(AGENT);
      askedBy.push(former.publicKey);
      return settle(body as RotateRequest);
    },
    postBatches: () => {
      throw new Error("no batch is signed by a former key");
    },
    close: () => {
      closed += 1;
    },
  });
  return { linkBy, askedBy, closed: () => closed };
}

function recovery(known: Key, present: Key, former: () => readonly Signer[]) {
  const server = serverThatKnows(known, present);
  const logged: string[] = [];
  const made = new KeyRecovery({
    agent: AGENT,
    signer: present,
    former,
    linkBy: server.linkBy,
    settled: async () => undefined,
    log: (level, message) => logged.push(`${level} ${message}`),
  });
  return { made, logged, ...server };
}

describe("a key that the server does not know", () => {
  it("is vouched for by the former key that it does know, the newest first", async () => {
    const [first, second, present] = [newKey(), newKey(), newKey()];
    const { made, askedBy, logged, closed } = recovery(first, present, () => [present, second, first]);
    expect(await made.agreeAgain()).toBe(true);
    expect([askedBy, closed()]).toEqual([[second.publicKey, first.publicKey], 2]);
    expect(logged).toEqual([expect.stringContaining(`knew only this agent's former key ${first.publicKey}`)]);
  });
  it("stays unknown where no former one helps, and that is said once", async () => {
    const [former, present] = [newKey(), newKey()];
    const { made, logged } = recovery(newKey(), present, () => [former]);
    for (let turn = 0; turn < 3; turn++) expect(await made.agreeAgain()).toBe(false);
    expect(logged).toEqual([expect.stringMatching(/^warn .*bad_signature: not its key.*unenroll/)]);
  });
  it("asks nobody where there is no former one, and says what the disk says where that cannot be read", async () => {
    const present = newKey();
    const none = recovery(newKey(), present, () => []);
    expect([await none.made.agreeAgain(), none.askedBy, none.logged]).toEqual([false, [], []]);
    const bad = recovery(newKey(), present, () => {
      throw new Error("EIO: i/o error, read");
    });
    expect([await bad.made.agreeAgain(), bad.logged]).toEqual([false, [expect.stringContaining("EIO")]]);
  });
});
