import { spawnSync } from "node:child_process";
import { createHash, randomBytes, X509Certificate } from "node:crypto";
import { readFileSync, writeFileSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { headText, readTimestampResponse, readTimestampToken, timestampRequest, verifyToken } from "@truebound/audit";
import { LogAnchorList, validator } from "@truebound/wire";
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { lastHead } from "../src/adapters/postgres/log/head-store.ts";
import { openPool } from "../src/adapters/postgres/pool.ts";
import { anchorKeeper } from "../src/adapters/tsa/anchor-keeper.ts";
import { askAuthority } from "../src/adapters/tsa/ask-authority.ts";
import { certificatesIn, tokenCrypto } from "../src/adapters/tsa/token-crypto.ts";
import type { Log } from "../src/log.ts";
import { ask, quiet } from "./database.ts";
import { batchOf, FakeAgent } from "./fake-agent.ts";
import { folderForTests } from "./folder-for-tests.ts";
import { sealLog } from "./seal-log.ts";
import { serverForTests } from "./server-under-test.ts";

const hasOpenssl = spawnSync("openssl", ["version"]).status === 0;

const CONFIG = `
[tsa]
default_tsa = tsa_one
[tsa_one]
serial = DIR/serial
crypto_device = builtin
signer_digest = sha256
default_policy = 1.2.3.4.1
digests = sha256
accuracy = secs:1, millisecs:500
ordering = no
tsa_name = no
ess_cert_id_chain = no
ess_cert_id_alg = sha256
`;

interface Issued {
  readonly dir: string;
  readonly root: string;
}

/** A root, and an authority under it with the keys and the extensions that are asked for. */
function authority(newKey: readonly string[], usage = "critical,timeStamping"): Issued {
  const dir = folderForTests("tsa");
  writeFileSync(join(dir, "tsa.cnf"), CONFIG.replaceAll("DIR", dir));
  writeFileSync(join(dir, "serial"), "01\n");
  writeFileSync(join(dir, "ext"), `extendedKeyUsage=${usage}\nkeyUsage=critical,digitalSignature\nbasicConstraints=CA:FALSE\n`);
  openssl(dir, "req", "-x509", ...newKey, "-keyout", "root.key", "-out", "root.pem", "-nodes", "-subj", "/CN=test root", "-days", "9000");
  openssl(dir, "req", ...newKey, "-keyout", "tsa.key", "-out", "tsa.csr", "-nodes", "-subj", "/CN=test authority");
  openssl(
    dir,
    "x509",
    "-req",
    "-in",
    "tsa.csr",
    "-CA",
    "root.pem",
    "-CAkey",
    "root.key",
    "-CAcreateserial",
    "-out",
    "tsa.pem",
    "-days",
    "9000",
    "-extfile",
    "ext",
  );
  return { dir, root: readFileSync(join(dir, "root.pem"), "utf8") };
}

function openssl(dir: string, ...args: string[]): void {
  const { status, stderr } = spawnSync("openssl", args, { cwd: dir });
  if (status !== 0) throw new Error(`openssl ${args.join(" ")}: ${stderr.toString()}`);
}

function reply({ dir }: Issued, query: Uint8Array): Buffer {
  const [asked, answered] = [join(dir, "query.tsq"), join(dir, "reply.tsr")];
  writeFileSync(asked, query);
  openssl(dir, "ts", "-reply", "-config", "tsa.cnf", "-queryfile", asked, "-signer", "tsa.pem", "-inkey", "tsa.key", "-out", answered);
  return readFileSync(answered);
}

const RSA = ["-newkey", "rsa:2048"];
const EC = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1"];
const sha256 = (text: string): Uint8Array => createHash("sha256").update(text).digest();

function tokenOf(response: Uint8Array) {
  const read = readTimestampResponse(response);
  if (read === null || "refused" in read) throw new Error(JSON.stringify(read));
  return read.token;
}

describe.skipIf(!hasOpenssl)("a token of openssl's own authority", () => {
  it.each([
    ["RSA", RSA],
    ["ECDSA", EC],
  ])("by %s holds under its root, and says when, how exactly and over what", (_, key) => {
    const issued = authority(key);
    const nonce = Buffer.concat([Buffer.of(0x80), randomBytes(7)]);
    const response = reply(issued, timestampRequest(sha256("a head"), nonce));
    const token = tokenOf(response);
    const wanted = { sha256: sha256("a head"), nonce: BigInt(`0x${nonce.toString("hex")}`) };
    expect(verifyToken(token, wanted, tokenCrypto(certificatesIn(issued.root)))).toBeNull();
    expect(verifyToken(token, wanted, tokenCrypto(null))).toBeNull();
    expect(token.accuracy).toBe(1_500_000_000n);
    const text = spawnSync("openssl", ["ts", "-reply", "-in", join(issued.dir, "reply.tsr"), "-text"]).stdout.toString();
    const said = /Time stamp: (.*)/.exec(text)?.[1] ?? "";
    expect(token.time).toBe(BigInt(Date.parse(said)) * 1_000_000n);

    expect(verifyToken(token, { ...wanted, sha256: sha256("another head") }, tokenCrypto(null))).toBe("it is over something else");
    expect(verifyToken(token, { ...wanted, nonce: 7n }, tokenCrypto(null))).toBe("it answers another request");
    expect(verifyToken(token, wanted, tokenCrypto(certificatesIn(authority(EC).root)))).toMatch(/^nobody who is believed vouches/);
  });
  it.each([
    ["for something else too", "critical,timeStamping,serverAuth"],
    ["for something else", "serverAuth"],
  ])("by a certificate %s is not taken", (_, usage) => {
    const issued = authority(EC, usage);
    const certificate = new X509Certificate(readFileSync(join(issued.dir, "tsa.pem")));
    const now = BigInt(Date.parse(certificate.validFrom) + 1000) * 1_000_000n;
    const { judge } = tokenCrypto(certificatesIn(issued.root));
    expect(judge(certificate.raw, [], now)).toBe("its certificate is not for time-stamping alone");
  });
  it("by a certificate that was not valid then is not taken, whatever the time is now", () => {
    const issued = authority(EC);
    const certificate = new X509Certificate(readFileSync(join(issued.dir, "tsa.pem")));
    const { judge } = tokenCrypto(certificatesIn(issued.root));
    const [from, to] = [certificate.validFrom, certificate.validTo].map((text) => BigInt(Date.parse(text)) * 1_000_000n) as [
      bigint,
      bigint,
    ];
    expect([judge(certificate.raw, [], from), judge(certificate.raw, [], to - 60_000_000_000n)]).toEqual([null, null]);
    for (const time of [from - 1_000_000_000n, to + 1_000_000_000n])
      expect(judge(certificate.raw, [], time)).toMatch(/^its certificate was not valid at the time that it says/);
  });
  it("is not taken with any byte of what it says, signs or is signed by changed", () => {
    const issued = authority(EC);
    const response = reply(issued, timestampRequest(sha256("x"), Buffer.of(5)));
    const crypto = tokenCrypto(certificatesIn(issued.root));
    const wanted = { sha256: sha256("x"), nonce: 5n };
    const holds = (bytes: Uint8Array): boolean => {
      const read = readTimestampResponse(bytes);
      return read !== null && "token" in read && verifyToken(read.token, wanted, crypto) === null;
    };
    expect(holds(response)).toBe(true);
    const token = tokenOf(response);
    const parts = [token.content, token.signer.signature, token.signer.messageDigest, token.signer.certificateHash.digest];
    for (const part of parts)
      for (let at = 0; at < part.length; at += 3) {
        const start = response.indexOf(Buffer.from(part));
        const changed = Buffer.from(response);
        changed[start + at] = (changed[start + at] ?? 0) ^ 1;
        expect(holds(changed)).toBe(false);
      }
    for (let end = 0; end < response.length; end += 7) expect(holds(response.subarray(0, end))).toBe(false);
  });
  it("is read, or not, of any bytes", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), (bytes) => {
        expect([readTimestampResponse(bytes), readTimestampToken(bytes)]).toEqual([null, null]);
      }),
    );
  });
});

const tested = serverForTests();

describe.skipIf(!hasOpenssl)("anchoring", () => {
  let issued: Issued;
  let http: Server;
  let answer: (query: Buffer) => { status: number; body: Buffer };
  let [asked, url] = [0, ""];
  beforeAll(async () => {
    issued = authority(RSA);
    http = createServer(async (req, res) => {
      const pieces: Buffer[] = [];
      for await (const piece of req) pieces.push(piece as Buffer);
      asked += 1;
      const { status, body } = answer(Buffer.concat(pieces));
      res.writeHead(status, { "content-type": "application/timestamp-reply", location: "/elsewhere" }).end(body);
    });
    await new Promise<void>((resolve) => http.listen(0, "127.0.0.1", resolve));
    url = `http://user:secret@127.0.0.1:${(http.address() as AddressInfo).port}/tsa`;
    const agent = new FakeAgent(tested.server.agentsUrl);
    await agent.enrol(await tested.server.createToken({ labels: {}, uses: 1, ttlSeconds: 600 }), "one");
    await agent.send(batchOf(agent.id, [{ realtime: 1_740_830_400_000_000_000n, lo: -1n, hi: 1n }]));
    await sealLog(tested.url);
  });
  afterAll(() => void http?.close());

  async function looked(allowPrivate = true): Promise<string[]> {
    const pool = openPool(tested.url, quiet);
    const told: string[] = [];
    const log: Log = { ...quiet, warn: (line) => void told.push(line) };
    const keeper = anchorKeeper(
      pool,
      { url, allowPrivate, roots: certificatesIn(issued.root) },
      askAuthority(new AbortController().signal),
      log,
    );
    await keeper.look();
    await keeper.look();
    await pool.end();
    return told;
  }
  const anchors = () => ask<{ head: bigint; authority: string; request: Buffer; response: Buffer }>(tested.url, "select * from log_anchor");

  it("does not reach an address that is not public, unless that is meant", async () => {
    const before = asked;
    expect((await looked(false)).join()).toMatch(/127\.0\.0\.1 is not a public address; set TRUEBOUND_TSA_ALLOW_PRIVATE=1 if it is meant/);
    expect(asked).toBe(before);
  });
  it.each([
    ["an error", () => ({ status: 500, body: Buffer.from("no") }), /it answered 500/],
    ["a redirect", () => ({ status: 302, body: Buffer.from("") }), /it answered 302/],
    ["something else", () => ({ status: 200, body: Buffer.from("hello") }), /its answer is none of RFC 3161/],
    ["too much", () => ({ status: 200, body: Buffer.alloc(70_000) }), /more than 65536 bytes/],
    [
      "a token over something else",
      () => ({ status: 200, body: reply(issued, timestampRequest(sha256("other"), Buffer.of(1))) }),
      /it is over something else/,
    ],
    ["a refusal", () => ({ status: 200, body: Buffer.from("30053003020102", "hex") }), /status 2/],
  ])("is told once of %s, and keeps nothing of it", async (_, answers, why) => {
    answer = answers;
    const told = await looked();
    expect(told).toEqual([expect.stringMatching(why)]);
    expect(told.join()).not.toContain("secret");
    expect(await anchors()).toEqual([]);
  });
  it("does not take an old token for a new request", async () => {
    let old: Buffer | null = null;
    answer = (query) => {
      old ??= reply(issued, query);
      return { status: 200, body: old };
    };
    const pool = openPool(tested.url, quiet);
    const head = await lastHead(pool);
    await pool.end();
    old = reply(issued, timestampRequest(sha256(headText(head?.head as never)), Buffer.of(1)));
    expect(await looked()).toEqual([expect.stringMatching(/it answers another request/)]);
    expect(await anchors()).toEqual([]);
  });
  it("keeps request and answer, at most one an hour, and openssl takes them", async () => {
    answer = (query) => ({ status: 200, body: reply(issued, query) });
    const before = asked;
    expect(await looked()).toEqual([]);
    expect(asked).toBe(before + 1);
    const [row, ...more] = await anchors();
    expect([more, row?.authority]).toEqual([[], expect.stringMatching(/^http:\/\/127\.0\.0\.1:\d+\/tsa$/)]);
    const asking = async (path: string) => fetch(`${tested.server.peopleUrl}/api/v1/log/anchors${path}`);
    const list = (await (await asking("")).json()) as LogAnchorList;
    expect(validator(LogAnchorList).errors(list)).toEqual([]);
    expect(list.items).toMatchObject([{ authority: row?.authority, head: Number(row?.head) }]);
    const file = await asking(`/${list.items[0]?.id}/files/response.tsr`);
    expect([file.headers.get("content-type"), Buffer.from(await file.arrayBuffer())]).toEqual([
      "application/timestamp-reply",
      row?.response,
    ]);
    expect((await asking("/999/files/response.tsr")).status).toBe(404);
    expect((await asking(`/${list.items[0]?.id}/files/secret`)).status).toBe(404);
    const [query, answered] = [join(issued.dir, "kept.tsq"), join(issued.dir, "kept.tsr")];
    writeFileSync(query, row?.request ?? "");
    writeFileSync(answered, row?.response ?? "");
    const checked = spawnSync("openssl", ["ts", "-verify", "-queryfile", query, "-in", answered, "-CAfile", join(issued.dir, "root.pem")]);
    expect(checked.stdout.toString() + checked.stderr.toString()).toContain("Verification: OK");
    expect(new X509Certificate(readFileSync(join(issued.dir, "tsa.pem"))).subject).toContain("test authority");
  });
});
