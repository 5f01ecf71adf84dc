import { createHmac, generateKeyPairSync, type KeyObject, sign } from "node:crypto";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { signHostListFile } from "../src/adapters/host-list-file.ts";
import { ask } from "./database.ts";
import { batchOf, FakeAgent } from "./fake-agent.ts";
import { serverForTests, serverOn } from "./server-under-test.ts";

/** Hosts that come in without a token of a person's: pods that their cluster vouches for, and hosts that an operator listed. */
const folder = mkdtempSync(join(tmpdir(), "truebound-joining-"));
const path = (name: string) => join(folder, name);
const [jwksFile, listFile, draftFile, operatorFile] = [path("jwks.json"), path("hosts.json"), path("draft.json"), path("operator.pem")];
const ISSUER = "https://kubernetes.default.svc.cluster.local";

const rsa = generateKeyPairSync("rsa", { modulusLength: 2048 });
const small = generateKeyPairSync("rsa", { modulusLength: 1024 });
const ec = generateKeyPairSync("ec", { namedCurve: "P-256" });
const later = generateKeyPairSync("ec", { namedCurve: "P-256" });
const jwk = (key: KeyObject, kid: string, more: object = {}) => ({ ...key.export({ format: "jwk" }), kid, use: "sig", ...more });
const writeJwks = (...keys: object[]) => writeFileSync(jwksFile, JSON.stringify({ keys }));
const present = [
  jwk(rsa.publicKey, "rsa", { alg: "RS256" }),
  jwk(ec.publicKey, "ec"),
  jwk(small.publicKey, "small"),
  { kty: "oct", k: "AA", kid: "oct" },
];

let operatorKey: string;
let nowS: number;
let tests = 0;

const operator = generateKeyPairSync("ed25519");
const options = () => ({
  kubernetes: { jwksFile, issuer: ISSUER, audience: "truebound", subjects: ["system:serviceaccount:monitoring:truebound-*"] },
  hostList: { file: listFile, key: operatorKey },
});

beforeAll(() => {
  writeJwks(...present);
  writeFileSync(operatorFile, operator.privateKey.export({ type: "pkcs8", format: "pem" }), { mode: 0o600 });
  operatorKey = writeList([]);
});
const tested = serverForTests(() => options());
beforeAll(async () => {
  nowS = Number((await ask<{ now: bigint }>(tested.url, "select extract(epoch from clock_timestamp())::bigint as now"))[0]?.now);
});
afterAll(() => {
  rmSync(folder, { recursive: true, force: true });
});
/** Too many refusals shut the door to an address. */
beforeEach(() => {
  tests += 1;
});
const agent = () => Object.assign(new FakeAgent(tested.server.agentsUrl), { localAddress: `127.0.6.${tests}` });

interface Entry {
  readonly name: string;
  readonly public_key: string;
  readonly labels: Record<string, string>;
}

function writeList(hosts: readonly Entry[]): string {
  writeFileSync(draftFile, JSON.stringify({ version: 1, hosts }));
  const { text, publicKey } = signHostListFile(draftFile, operatorFile);
  writeFileSync(listFile, text);
  return publicKey;
}

const base64url = (value: object) => Buffer.from(JSON.stringify(value)).toString("base64url");

let pods = 0;
function claims(more: Record<string, unknown> = {}, kubernetes: object = {}) {
  pods += 1;
  const pod = { name: `agent-${pods}`, uid: `00000000-0000-4000-8000-${String(pods).padStart(12, "0")}` };
  return {
    iss: ISSUER,
    aud: ["truebound"],
    sub: "system:serviceaccount:monitoring:truebound-agent",
    exp: nowS + 3600,
    nbf: nowS - 10,
    "kubernetes.io": { namespace: "monitoring", node: { name: "node-1.eu.internal", uid: "n" }, pod, ...kubernetes },
    ...more,
  };
}

type Signer = (text: string) => Buffer;
const byRsa: Signer = (text) => sign("sha256", Buffer.from(text), rsa.privateKey);
const byEc: Signer = (text) => sign("sha256", Buffer.from(text), { key: ec.privateKey, dsaEncoding: "ieee-p1363" });
function token(header: object, payload: object, signer: Signer): string {
  const text = `${base64url(header)}.${base64url(payload)}`;
  return `${text}.${signer(text).toString("base64url")}`;
}
const RS256 = { alg: "RS256", kid: "rsa" };
const ES256 = { alg: "ES256", kid: "ec" };

describe("a pod's service account token", () => {
  it.each([
    ["RS256", RS256, byRsa],
    ["ES256", ES256, byEc],
  ] as const)("by %s lets the pod in, as what its cluster says it is, for as long as it lives", async (_, header, by) => {
    const payload = claims();
    const { name } = payload["kubernetes.io"].pod;
    const one = agent();
    const { status, body } = await one.enrol(token(header, payload, by), name, { kubernetes_node: "claimed", role: "db" });
    expect([status, body.ephemeral, body.state]).toEqual([200, true, "active"]);
    const labels = { role: "db", kubernetes_namespace: "monitoring", kubernetes_pod: name, kubernetes_node: "node-1.eu.internal" };
    expect(await ask(tested.url, "select name, labels, ephemeral_hours from host where id = $1", [one.id])).toEqual([
      { name, labels, ephemeral_hours: 24 },
    ]);
    expect((await one.send(batchOf(one.id, []))).status).toBe(200);
  });
  it("lets it call itself by its node, with or without the domain, and by nothing else", async () => {
    for (const name of ["node-1.eu.internal", "node-1"])
      expect((await agent().enrol(token(RS256, claims(), byRsa), name)).status).toBe(200);
    expect((await agent().enrol(token(RS256, claims(), byRsa), "node-2")).body).toMatchObject({
      code: "bad_token",
      detail: expect.stringMatching(/lets in agent-\d+ or node-1\.eu\.internal, not node-2/),
    });
  });
  it.each([
    ["of nobody (alg none)", () => token({ alg: "none", kid: "rsa" }, claims(), () => Buffer.from("x")), "only RS256 and ES256"],
    [
      "that takes the public key for a password",
      () =>
        token({ alg: "HS256", kid: "rsa" }, claims(), (text) =>
          createHmac("sha256", rsa.publicKey.export({ type: "spki", format: "pem" }))
            .update(text)
            .digest(),
        ),
      "only RS256 and ES256",
    ],
    [
      "by another key",
      () => token({ ...RS256 }, claims(), (text) => sign("sha256", Buffer.from(text), small.privateKey)),
      "not by the cluster's key",
    ],
    [
      "whose claims were changed",
      () => token(RS256, claims(), byRsa).replace(/\.[^.]+\./, `.${base64url(claims())}.`),
      "not by the cluster's key",
    ],
    [
      "by a DER signature",
      () => token(ES256, claims(), (text) => sign("sha256", Buffer.from(text), ec.privateKey)),
      "not by the cluster's key",
    ],
    ["by a key that is not known", () => token({ alg: "RS256", kid: "gone" }, claims(), byRsa), 'no RS256 key called "gone"'],
    ["by a key of another kind", () => token({ alg: "ES256", kid: "rsa" }, claims(), byEc), 'no ES256 key called "rsa"'],
    [
      "by a key that is too small",
      () => token({ alg: "RS256", kid: "small" }, claims(), (text) => sign("sha256", Buffer.from(text), small.privateKey)),
      'no RS256 key called "small"',
    ],
    ["that names no key", () => token({ alg: "RS256" }, claims(), byRsa), "does not name the key"],
    ["that demands what is not known", () => token({ ...RS256, crit: ["b64"] }, claims(), byRsa), "demands extensions"],
  ])("%s is refused", async (_, make, why) => {
    expect((await agent().enrol(make(), `agent-${pods}`)).body).toMatchObject({ code: "bad_token", detail: expect.stringContaining(why) });
  });
  it.each([
    ["of another cluster", { iss: "https://elsewhere" }, "its issuer is"],
    ["for another audience", { aud: "vault" }, "name that in the projected volume"],
    ["of another account", { sub: "system:serviceaccount:default:truebound-agent" }, "TRUEBOUND_KUBERNETES_SUBJECTS does not allow"],
    ["that has expired", { exp: -61 }, "it has expired"],
    ["that never expires", { exp: undefined }, "it has expired"],
    ["that is not valid yet", { nbf: 75 }, "not valid yet"],
    ["of a namespace that is no name", { "kubernetes.io": { namespace: "a\u007f", pod: { name: "a", uid: "b" } } }, "bound to no pod"],
    ["that is bound to no pod", { "kubernetes.io": { namespace: "monitoring" } }, "bound to no pod"],
  ])("%s is refused", async (_, more: Record<string, unknown>, why) => {
    const at = Object.fromEntries(Object.entries(more).map(([name, value]) => [name, typeof value === "number" ? nowS + value : value]));
    expect((await agent().enrol(token(RS256, claims(at), byRsa), `agent-${pods}`)).body).toMatchObject({
      code: "bad_token",
      detail: expect.stringContaining(why),
    });
  });
  it("has a minute of leeway between the cluster's clock and the database's", async () => {
    const edge = { exp: nowS - 30, nbf: nowS + 30 };
    expect((await agent().enrol(token(RS256, claims(edge), byRsa), `agent-${pods}`)).status).toBe(200);
  });
  it("lets one key in for a pod, and that again", async () => {
    const shown = token(RS256, claims(), byRsa);
    const name = `agent-${pods}`;
    const one = agent();
    const first = await one.enrol(shown, name);
    expect((await one.enrol(shown, name)).body).toEqual(first.body);
    expect((await agent().enrol(shown, name)).body).toMatchObject({
      code: "bad_token",
      detail: expect.stringContaining("with another key"),
    });
    await one.send(batchOf(one.id, []));
    expect((await one.sayGoodbye()).status).toBe(200);
    expect((await agent().enrol(shown, name)).body.code).toBe("bad_token");
    expect((await one.enrol(shown, name)).body).toMatchObject({ agent: one.id, epoch: 2 });
  });
  it("is checked by the keys that the file holds now; one that cannot be read leaves the old ones in force", async () => {
    const byLater = () =>
      token({ alg: "ES256", kid: "later" }, claims(), (text) =>
        sign("sha256", Buffer.from(text), { key: later.privateKey, dsaEncoding: "ieee-p1363" }),
      );
    expect((await agent().enrol(byLater(), `agent-${pods}`)).body.code).toBe("bad_token");
    writeJwks(...present, jwk(later.publicKey, "later"));
    expect((await agent().enrol(byLater(), `agent-${pods}`)).status).toBe(200);
    writeFileSync(jwksFile, "half a fi");
    expect((await agent().enrol(byLater(), `agent-${pods}`)).status).toBe(200);
    rmSync(jwksFile);
    expect((await agent().enrol(byLater(), `agent-${pods}`)).status).toBe(200);
    writeJwks(...present);
    expect((await agent().enrol(byLater(), `agent-${pods}`)).body.code).toBe("bad_token");
  });
});

describe("the operator's list", () => {
  const enrol = (one: FakeAgent, name: string) => one.enrol(null, name, { site: "claimed" });
  it("lets in a key under its name, with its labels, and nobody else", async () => {
    const [one, other] = [agent(), agent()];
    writeList([{ name: "db-1", public_key: one.publicKey, labels: { site: "a" } }]);
    expect((await enrol(other, "db-1")).body).toMatchObject({ code: "bad_token", detail: expect.stringContaining(other.publicKey) });
    expect((await enrol(one, "db-2")).body).toMatchObject({ code: "bad_token" });
    const first = await enrol(one, "db-1");
    expect([first.status, first.body.ephemeral, first.body.state]).toEqual([200, undefined, "active"]);
    expect((await enrol(one, "db-1")).body).toEqual(first.body);
    expect(await ask(tested.url, "select labels from host where id = $1", [one.id])).toEqual([{ labels: { site: "a" } }]);
    await one.send(batchOf(one.id, []));
    expect((await enrol(one, "db-1")).body).toMatchObject({ agent: one.id, epoch: 2 });
  });
  it("revokes nobody that is taken off it, and lets nobody in that somebody else has signed", async () => {
    const [one, other] = [agent(), agent()];
    writeList([{ name: "db-3", public_key: one.publicKey, labels: {} }]);
    await enrol(one, "db-3");
    writeList([]);
    expect((await one.send(batchOf(one.id, []))).status).toBe(200);
    expect((await enrol(one, "db-3")).body.code).toBe("bad_token");
    const stranger = generateKeyPairSync("ed25519").privateKey.export({ type: "pkcs8", format: "pem" });
    writeFileSync(path("stranger.pem"), stranger, { mode: 0o600 });
    writeFileSync(draftFile, JSON.stringify({ version: 1, hosts: [{ name: "db-4", public_key: other.publicKey, labels: {} }] }));
    writeFileSync(listFile, signHostListFile(draftFile, path("stranger.pem")).text);
    expect((await enrol(other, "db-4")).body.code).toBe("bad_token");
    await expect(serverOn(tested.url, options())).rejects.toMatchObject({
      exitCode: 78,
      message: expect.stringContaining("not signed by the key of TRUEBOUND_HOST_LIST_KEY"),
    });
  });
  it.each([
    [{ version: 2, hosts: [] }, /\/version/],
    [{ version: 1, hosts: [{ name: "a", public_key: "short", labels: {} }] }, /\/hosts\/0\/public_key/],
    [
      {
        version: 1,
        hosts: [
          { name: "a", public_key: "A".repeat(43), labels: {} },
          { name: "a", public_key: "B".repeat(43), labels: {} },
        ],
      },
      /name "a" stands in it twice/,
    ],
  ])("is not signed as %j", (list, why) => {
    writeFileSync(draftFile, JSON.stringify(list));
    expect(() => signHostListFile(draftFile, operatorFile)).toThrow(why);
  });
  it("is signed by no key that others can read, and by none of another kind", () => {
    writeFileSync(draftFile, JSON.stringify({ version: 1, hosts: [] }));
    writeFileSync(path("open.pem"), "x", { mode: 0o644 });
    expect(() => signHostListFile(draftFile, path("open.pem"))).toThrow("run chmod 600 on it");
    writeFileSync(path("rsa.pem"), rsa.privateKey.export({ type: "pkcs8", format: "pem" }), { mode: 0o600 });
    expect(() => signHostListFile(draftFile, path("rsa.pem"))).toThrow("openssl genpkey -algorithm ed25519");
    expect(() => signHostListFile(path("none.json"), operatorFile)).toThrow("there is no such file");
  });
});

it("nobody comes in without a token where nothing is set for it", async () => {
  const plain = await serverOn(await tested.databases.create());
  const one = Object.assign(new FakeAgent(plain.agentsUrl), { localAddress: `127.0.6.${tests}` });
  expect((await one.enrol(null, "x")).body).toMatchObject({
    code: "bad_token",
    detail: expect.stringContaining("TRUEBOUND_HOST_LIST_FILE"),
  });
  const shown = token(RS256, claims(), byRsa);
  expect((await one.enrol(shown, "x")).body).toMatchObject({
    code: "bad_token",
    detail: expect.stringContaining("TRUEBOUND_KUBERNETES_JWKS_FILE"),
  });
  await plain.stop();
});
