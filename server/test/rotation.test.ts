import { createPrivateKey, generateKeyPairSync, type KeyObject, sign } from "node:crypto";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ChangingSigner, HttpLink, IdentityFiles, KeyRotation, type NextKey, type ServerLink } from "@truebound/agent";
import { type Challenge, ROTATE_PATH, rotateText } from "@truebound/wire";
import { afterAll, describe, expect, it } from "vitest";
import { nodeCrypto } from "../src/adapters/crypto/node-crypto.ts";
import { adminStore } from "../src/adapters/postgres/admin-store.ts";
import { enrolStore } from "../src/adapters/postgres/enrol-store.ts";
import { openPool } from "../src/adapters/postgres/pool.ts";
import { administer } from "../src/admin/admin.ts";
import type { AdminRequest } from "../src/admin/requests.ts";
import { ask, quiet } from "./database.ts";
import { batchOf, call, FakeAgent, get } from "./fake-agent.ts";
import { serverForTests } from "./server-under-test.ts";
import { evidenceOf, signedRuns } from "./stored-evidence.ts";

/** A host changes its key: what is taken when, and what is left wherever the change is cut off. */
const folder = mkdtempSync(join(tmpdir(), "truebound-rotation-"));

const tested = serverForTests();
afterAll(() => {
  rmSync(folder, { recursive: true, force: true });
});

let count = 0;
const next = () => {
  count += 1;
  return count;
};

async function enrolled(name: string): Promise<FakeAgent> {
  const agent = Object.assign(new FakeAgent(tested.server.agentsUrl), { localAddress: `127.0.4.${next()}` });
  await agent.enrol(await tested.server.createToken({ uses: 1, ttlSeconds: 600, labels: {} }), name);
  return agent;
}

const report = (agent: FakeAgent, key: KeyObject = agent.key) =>
  agent.send(batchOf(agent.id, [{ realtime: 1_740_830_400_000_000_000n + BigInt(next()), lo: 0n, hi: 1n }]), { key });

async function tell(request: AdminRequest): Promise<string> {
  const pool = openPool(tested.url, quiet);
  try {
    const store = { ...adminStore(pool), ...enrolStore(pool) };
    return (await administer({ store, crypto: nodeCrypto, server: tested.server.agentsUrl, pins: [] }, request)).err;
  } finally {
    await pool.end();
  }
}

const newKey = () => {
  const { privateKey, publicKey } = generateKeyPairSync("ed25519");
  return { key: privateKey, raw: publicKey.export({ format: "jwk" }).x as string };
};

const challengeFor = async ({ url: at, localAddress }: FakeAgent) =>
  ((await call("POST", `${at}/api/v1/enroll/challenge`, {}, "", localAddress)).body as Challenge).challenge;

interface Change {
  readonly raw: string;
  readonly challenge: string;
  readonly oldKey: KeyObject;
  readonly newKey: KeyObject;
  /** Who signs the request; else the old key. */
  readonly sender?: KeyObject;
}

/** A change of keys as it goes over the wire, so that each part of it can be wrong. */
function askFor(agent: FakeAgent, { raw, challenge, oldKey, newKey: key, sender = oldKey }: Change) {
  const change = { challenge, agent: agent.id, public_key: raw };
  const signed = (by: KeyObject) => sign(null, Buffer.from(rotateText(change)), by).toString("base64url");
  return agent.postSigned(ROTATE_PATH, { version: 1, ...change, old_signature: signed(oldKey), new_signature: signed(key) }, sender);
}

async function agree(agent: FakeAgent, to = newKey(), oldKey = agent.key) {
  return { ...to, answer: await askFor(agent, { raw: to.raw, challenge: await challengeFor(agent), oldKey, newKey: to.key }) };
}

/** The key that signed a batch, by what is kept: no server has to be asked. */
const SIGNER = `
  select public_key from host_key k where k.host_id = $1 and (k.from_epoch, k.from_seq) <= ($2, $3)
  order by k.from_epoch desc, k.from_seq desc limit 1`;

async function signersOf(agent: FakeAgent): Promise<string[]> {
  const signers: string[] = [];
  for (const { base, signature, rows } of signedRuns(agent.id, await evidenceOf(tested.url, agent.id))) {
    const [first] = rows;
    const [key] = await ask<{ public_key: Buffer }>(tested.url, SIGNER, [agent.id, first?.epoch, first?.seq]);
    expect(nodeCrypto.verifyEd25519(key?.public_key ?? new Uint8Array(), base, signature)).toBe(true);
    signers.push(...rows.map(() => key?.public_key.toString("base64url") ?? ""));
  }
  return signers;
}

describe("a change of keys", () => {
  it("leaves both good until the new one has signed a batch, and says for good which signed what", async () => {
    const agent = await enrolled("changing");
    await report(agent);
    const { key, raw, answer } = await agree(agent);
    expect(answer).toMatchObject({ status: 200, body: { version: 1, agent: agent.id, public_key: raw } });
    expect((await report(agent)).status).toBe(200);
    expect((await report(agent, key)).status).toBe(200);
    expect((await report(agent)).body.code).toBe("bad_signature");
    agent.beginEpoch();
    expect((await report(agent, key)).status).toBe(200);
    expect(await signersOf(agent)).toEqual([agent.publicKey, agent.publicKey, raw, raw]);
    const { events } = (await get(`${tested.server.peopleUrl}/api/v1/hosts/changing`)).body;
    expect(events).toMatchObject([{ kind: "epoch_started" }, { kind: "key_agreed", detail: { public_key: raw } }]);
  });
  it("can be asked for again, and with another key while the first has signed nothing", async () => {
    const agent = await enrolled("again");
    const first = await agree(agent);
    expect((await agree(agent, first)).answer).toEqual({ ...first.answer, headers: expect.anything(), bytes: expect.anything() });
    const second = await agree(agent);
    expect((await report(agent, first.key)).body.code).toBe("bad_signature");
    expect((await report(agent, second.key)).status).toBe(200);
    expect(await ask(tested.url, "select count(*) as n from host_key where host_id = $1", [agent.id])).toEqual([{ n: 2n }]);
  });
  it("is refused of who does not hold both keys, of a stale challenge, and of a key that was in use before", async () => {
    const agent = await enrolled("refused");
    const other = await enrolled("other");
    const { key, raw } = newKey();
    const change = async () => ({ raw, challenge: await challengeFor(agent), oldKey: agent.key, newKey: key });
    expect((await askFor(agent, { ...(await change()), newKey: other.key })).body.code).toBe("bad_signature");
    expect((await askFor(agent, { ...(await change()), oldKey: other.key, sender: agent.key })).body.code).toBe("bad_signature");
    expect((await askFor(agent, { ...(await change()), sender: other.key })).body.code).toBe("bad_signature");
    const taken = await agree(agent, { key: other.key, raw: other.publicKey });
    expect(taken.answer.body).toMatchObject({ code: "bad_request", detail: expect.stringContaining("make a new one") });
    const once = await change();
    expect((await askFor(agent, once)).status).toBe(200);
    expect((await askFor(agent, once)).body.code).toBe("bad_challenge");
    expect((await agree(agent, newKey(), key)).answer.body).toMatchObject({ detail: expect.stringContaining("has signed no batch yet") });
    await report(agent, key);
    expect((await agree(agent)).answer.body.code).toBe("bad_signature");
    expect((await agree(agent, { key: agent.key, raw: agent.publicKey }, key)).answer.body.code).toBe("bad_request");
  });
  it("is refused of a host that may not report, and ends nothing for who enrols by the next key", async () => {
    const agent = await enrolled("barred");
    for (const [state, code] of [
      ["suspended", "suspended"],
      ["revoked", "revoked"],
    ] as const) {
      await ask(tested.url, "update host set state = $2 where id = $1", [agent.id, state]);
      expect((await agree(agent)).answer).toMatchObject({ status: 403, body: { code } });
    }
    await ask(tested.url, "update host set state = 'active' where id = $1", [agent.id]);
    const { key, raw } = await agree(agent);
    const renamed = Object.assign(new FakeAgent(agent.url), { key, publicKey: raw, localAddress: `127.0.4.${next()}` });
    await renamed.enrol(await tested.server.createToken({ uses: 1, ttlSeconds: 600, labels: {} }), "barred");
    expect([renamed.id, renamed.epoch]).toEqual([agent.id, 2]);
    expect((await report(renamed)).status).toBe(200);
    const stale = await agent.enrol(await tested.server.createToken({ uses: 1, ttlSeconds: 600, labels: {} }), "barred");
    expect(stale.body).toMatchObject({ code: "bad_signature", detail: expect.stringContaining("truebound-agent unenroll") });
  });
  it("is wished by a person, or by the age of the key on the server's clock, until it is agreed on", async () => {
    const agent = await enrolled("wished");
    expect((await report(agent)).body.rotate_key).toBeUndefined();
    expect(await tell({ do: "rotate_key", host: "wished" })).toContain("is asked for another key with its next report");
    expect((await report(agent)).body.rotate_key).toBe(true);
    const { key } = await agree(agent);
    expect((await report(agent, key)).body.rotate_key).toBeUndefined();
    await ask(tested.url, "update host set key_since = clock_timestamp() - interval '90 days' where id = $1", [agent.id]);
    expect((await report(agent, key)).body.rotate_key).toBe(true);
    await ask(tested.url, "update host set state = 'suspended' where id = $1", [agent.id]);
    expect(await tell({ do: "rotate_key", host: "wished" })).toContain("it is suspended");
  });
});

it("is settled for good by the first batch of the new key, however closely one of the old key follows", async () => {
  for (let turn = 0; turn < 10; turn++) {
    const agent = await enrolled(`race-${turn}`);
    await report(agent);
    const { key } = await agree(agent);
    const twin = agent.copy(agent.localAddress);
    const [byNew, byOld] = await Promise.all([report(twin, key), report(agent)]);
    expect([byNew.status, byOld.status].filter((status) => status === 200)).toHaveLength(1);
    const last = byNew.status === 200 ? twin : agent;
    expect((await report(last, key)).status).toBe(200);
    expect((await report(last)).body.code).toBe("bad_signature");
    expect(await signersOf(agent)).toHaveLength(3);
  }
});

describe("an agent that is cut off while it changes its key", () => {
  class Crash extends Error {}
  const STEPS = ["no key is written", "it is not sent", "its reply is lost", "it is not switched to", "nothing"] as const;

  /** Everything up to the step happens, nothing after it. */
  function crashing(at: (typeof STEPS)[number], link: ServerLink, key: NextKey): { link: ServerLink; next: NextKey } {
    const die = (): never => {
      throw new Crash(at);
    };
    return {
      link: {
        post: (path, body) => link.post(path, body),
        postBatches: (described, body) => link.postBatches(described, body),
        postSigned: async (path, agent, body) => {
          if (at === "it is not sent") die();
          const answer = await link.postSigned(path, agent, body);
          return at === "its reply is lost" ? die() : answer;
        },
      },
      next: {
        isThere: () => key.isThere(),
        signer: () => (at === "no key is written" ? die() : key.signer()),
        take: () => (at === "it is not switched to" ? die() : key.take()),
      },
    };
  }

  it("has one key that is taken after each of 100 changes, wherever each was cut off", async () => {
    const agent = await enrolled("r40");
    writeFileSync(join(folder, "key.pem"), agent.key.export({ type: "pkcs8", format: "pem" }), { mode: 0o600 });
    const inUse = () => createPrivateKey(readFileSync(join(folder, "key.pem")));
    const used = new Set<string>();
    for (let turn = 0; turn < 100; turn++) {
      const step = STEPS[turn % STEPS.length] as (typeof STEPS)[number];
      const files = new IdentityFiles(folder);
      const signer = new ChangingSigner(files.signer());
      const link = new HttpLink(new URL(agent.url), signer, {
        receiptKey: () => agent.receiptKey,
        pins: () => [],
        despite: () => undefined,
      });
      const told: string[] = [];
      const cut = crashing(step, link, files.nextKey());
      const log = (_: string, message: string) => told.push(message);
      const rotation = new KeyRotation({ agent: agent.id, signer, now: () => 0, log, ...cut });
      rotation.consider(true);
      await rotation.settled();
      link.close();
      expect(told).toEqual([expect.stringContaining(step === "nothing" ? "signs by another key" : step)]);
      const before = inUse();
      expect((await report(agent, before)).status).toBe(200);
      used.add(files.signer().publicKey);
    }
    expect(used.size).toBe(21);
    expect(new Set(await signersOf(agent))).toEqual(used);
    const rows = await ask<{ n: bigint }>(tested.url, "select count(*) as n from evidence where host_id = $1", [agent.id]);
    expect(rows).toEqual([{ n: 100n }]);
  });
});
