import { execFile, spawnSync } from "node:child_process";
import { createHash, generateKeyPairSync, sign, X509Certificate } from "node:crypto";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer as createProxy, type IncomingMessage, type ServerResponse } from "node:http";
import { createServer, type Server } from "node:https";
import { type AddressInfo, connect as connectTcp, createServer as createTcpServer, type Server as NetServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Duplex } from "node:stream";
import { createServer as createTlsServer, type TLSSocket } from "node:tls";
import { pathToFileURL } from "node:url";
import { promisify } from "node:util";
import { HttpLink } from "@truebound/agent";
import { REPLY_LABEL, replyBase, replyInput } from "@truebound/wire";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { connectThrough } from "../src/adapters/connect-proxy.ts";
import type { ForwardProxy } from "../src/proxy/proxy-settings.ts";
import { CLOCKS_OFF, FAKETIME, withClockOff } from "./false-clock.ts";
import { runAgent } from "./helpers.ts";

/** Real certificates by openssl, real handshakes on the loopback. */
const folder = mkdtempSync(join(tmpdir(), "truebound-tls-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

interface Identity {
  readonly cert: string;
  readonly key: string;
  readonly pin: string;
}

function certificate(name: string, days: readonly [string, string] | null): Identity {
  const [keyFile, certFile, request] = [`${name}.key`, `${name}.crt`, `${name}.csr`].map((file) => join(folder, file)) as [
    string,
    string,
    string,
  ];
  const openssl = (...args: string[]) => {
    const done = spawnSync("openssl", args, { encoding: "utf8" });
    if (done.status !== 0) throw new Error(done.stderr);
  };
  openssl("genpkey", "-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-256", "-out", keyFile);
  const subject = ["-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost,IP:127.0.0.1"];
  if (days === null) openssl("req", "-x509", "-new", "-key", keyFile, "-out", certFile, "-days", "30", ...subject);
  else {
    // Not by the clock of this machine: from and to as they are said. Certified by an authority of its own.
    openssl("req", "-new", "-key", keyFile, "-out", request, ...subject);
    openssl("req", "-x509", "-new", "-key", keyFile, "-out", `${certFile}.ca`, "-days", "30", ...subject);
    const index = join(folder, `${name}.index`);
    spawnSync("sh", ["-c", `: > ${index}`]);
    const config = join(folder, `${name}.cnf`);
    spawnSync("sh", [
      "-c",
      `printf '[ca]\\ndefault_ca=a\\n[a]\\ndatabase=${index}\\nnew_certs_dir=${folder}\\npolicy=p\\ndefault_md=sha256\\nrand_serial=yes\\nunique_subject=no\\ncopy_extensions=copy\\n[p]\\ncommonName=supplied\\n' > ${config}`,
    ]);
    openssl(
      "ca",
      "-batch",
      "-config",
      config,
      "-cert",
      `${certFile}.ca`,
      "-keyfile",
      keyFile,
      "-in",
      request,
      "-out",
      certFile,
      "-startdate",
      days[0],
      "-enddate",
      days[1],
      "-notext",
    );
  }
  const cert = readFileSync(certFile, "utf8");
  const spki = new X509Certificate(cert).publicKey.export({ type: "spki", format: "der" });
  return { cert, key: readFileSync(keyFile, "utf8"), pin: createHash("sha256").update(spki).digest("base64url") };
}

const receipts = generateKeyPairSync("ed25519");
const receiptKey = receipts.publicKey.export({ format: "jwk" }).x as string;

describe("the road to the server", () => {
  let good: Identity;
  let rogue: Identity;
  let expired: Identity;
  let early: Identity;
  let rogueExpired: Identity;
  let server: Server | null = null;
  let heard: string[] = [];
  let answer: (req: IncomingMessage, res: ServerResponse) => void;

  beforeAll(() => {
    good = certificate("good", null);
    rogue = certificate("rogue", null);
    expired = certificate("expired", ["20100101000000Z", "20110101000000Z"]);
    early = certificate("early", ["20900101000000Z", "20910101000000Z"]);
    rogueExpired = certificate("rogue-expired", ["20100101000000Z", "20110101000000Z"]);
  });
  afterEach(() => {
    server?.closeAllConnections();
    server?.close();
    server = null;
    heard = [];
  });

  async function serve({ cert, key }: Identity): Promise<URL> {
    const listening = createServer({ cert, key }, (req, res) => {
      req.on("data", (chunk: Buffer) => heard.push(chunk.toString()));
      req.on("end", () => answer(req, res));
    });
    // Whatever reaches it as application data was sent to it, parsed or not.
    listening.on("tlsClientError", () => undefined);
    await new Promise<void>((resolve) => listening.listen(0, "127.0.0.1", resolve));
    server = listening;
    return new URL(`https://127.0.0.1:${(listening.address() as AddressInfo).port}/`);
  }

  /** A reply as the server signs it, and what may be done to it. */
  function signed(change: (reply: { status: number; body: string; requestSignature: string | null }) => object = () => ({})) {
    return (req: IncomingMessage, res: ServerResponse) => {
      const honest = { status: 200, body: '{"hello":1}', requestSignature: (req.headers.signature as string | undefined) ?? null };
      const said = { ...honest, ...change(honest) };
      const keyId = createHash("sha256").update(Buffer.from(receiptKey, "base64url")).digest("base64url").slice(0, 16);
      const contentDigest = `sha-256=:${createHash("sha256").update(honest.body).digest("base64")}:`;
      const reply = { status: honest.status, contentDigest, requestSignature: said.requestSignature, keyId };
      const signature = sign(null, Buffer.from(replyBase(reply)), receipts.privateKey).toString("base64");
      res.writeHead(said.status, { "signature-input": replyInput(reply), signature: `${REPLY_LABEL}=:${signature}:` });
      res.end(said.body);
    };
  }

  const signer = { publicKey: "", sign: () => new Uint8Array(64) };
  const batch = { agent: "a", epoch: 1, seq: 1, prev: "p", head: "h", contentDigest: "d", sent: "s" };
  const told: string[] = [];
  async function send(url: URL, pins: readonly string[], key: string | null = null, proxy: ForwardProxy | null = null) {
    const link = new HttpLink(url, signer, { pins: () => pins, receiptKey: () => key, despite: (error) => told.push(error), proxy });
    const got = await link.postBatches(batch, Buffer.from("secret measurements"));
    link.close();
    return got;
  }

  it("is taken to a pinned key, whatever the clocks say of its certificate", async () => {
    for (const identity of [good, expired, early]) {
      answer = signed();
      heard = [];
      expect(await send(await serve(identity), ["x".repeat(43), identity.pin])).toMatchObject({ kind: "answer", status: 200 });
      expect(heard.join("")).toBe("secret measurements");
      server?.closeAllConnections();
      server?.close();
    }
    expect(told.at(-1)).toMatch(/NOT_YET_VALID|SELF_SIGNED|UNABLE_TO_/);
  });
  it("sends not a byte to a rogue, with pins and without, with right clocks and wrong ones", async () => {
    for (const identity of [rogue, rogueExpired])
      for (const pins of [[good.pin], []]) {
        answer = signed();
        const got = await send(await serve(identity), pins);
        expect(got).toMatchObject({ kind: "no_answer", reason: expect.stringContaining("certificate is not trusted") });
        expect(heard).toEqual([]);
        server?.closeAllConnections();
        server?.close();
      }
  });
  it("goes on when the server changes to the next key that was pinned", async () => {
    answer = signed();
    expect(await send(await serve(good), [rogue.pin, good.pin])).toMatchObject({ kind: "answer" });
  });
  it("believes a reply that is signed for this request", async () => {
    answer = signed();
    expect(await send(await serve(good), [good.pin], receiptKey)).toEqual({
      kind: "answer",
      status: 200,
      body: { hello: 1 },
      retryAfterSeconds: null,
    });
  });
  it.each([
    ["another status", () => ({ status: 401 })],
    ["another body", () => ({ body: '{"hello":2}' })],
    ["for another request", () => ({ requestSignature: "truebound=:AAAA:" })],
    ["for no request", () => ({ requestSignature: null })],
  ])("believes none with %s", async (_, change) => {
    answer = signed(change);
    expect(await send(await serve(good), [good.pin], receiptKey)).toMatchObject({
      kind: "no_answer",
      reason: expect.stringContaining("not signed by this server's receipt key"),
    });
  });

  describe("through a proxy", () => {
    let proxies: NetServer[] = [];
    let connects: string[] = [];
    afterEach(() => {
      for (const one of proxies) one.close();
      [proxies, connects] = [[], []];
    });
    async function listening(proxy: NetServer, credentials: ForwardProxy["credentials"] = null): Promise<ForwardProxy> {
      await new Promise<void>((resolve) => proxy.listen(0, "127.0.0.1", resolve));
      proxies.push(proxy);
      return { host: "127.0.0.1", port: (proxy.address() as AddressInfo).port, from: "TRUEBOUND_PROXY", credentials };
    }
    /** A proxy that connects whoever has the password to where it is asked, or to `elsewhere`. */
    function connector(password: string | null, elsewhere: URL | null = null): NetServer {
      return createProxy().on("connect", (req: IncomingMessage, socket: Duplex) => {
        connects.push(req.url as string);
        socket.on("error", () => undefined);
        if (password !== null && req.headers["proxy-authorization"] !== `Basic ${Buffer.from(password).toString("base64")}`)
          return void socket.end("HTTP/1.1 407 Proxy Authentication Required\r\n\r\n");
        const onward = connectTcp(Number((elsewhere ?? new URL(`http://${req.url}`)).port), "127.0.0.1", () => {
          socket.write("HTTP/1.1 200 Connection established\r\n\r\n");
          onward.pipe(socket).pipe(onward);
        });
        onward.on("error", () => socket.destroy());
        socket.on("close", () => onward.destroy());
      });
    }
    /** A proxy that says this to whatever it is asked. */
    const saying = (answer: string | null): NetServer =>
      createTcpServer((socket) => {
        socket.on("error", () => undefined);
        socket.once("data", () => (answer === null ? socket.destroy() : socket.write(answer)));
      });
    const why = async (proxy: ForwardProxy, pins: readonly string[] = [good.pin]): Promise<string> => {
      const got = await send(await serve(good), pins, null, proxy);
      expect(heard).toEqual([]);
      return got.kind === "no_answer" ? got.reason : "it answered";
    };

    it("goes to the server by name and port, and TLS is the server's own", async () => {
      answer = signed();
      const url = await serve(good);
      const credentials = join(folder, "credentials");
      writeFileSync(credentials, "agent:s3cret\n");
      const proxy = await listening(connector("agent:s3cret"), { kind: "file", path: credentials });
      expect(await send(url, [good.pin], receiptKey, proxy)).toMatchObject({ kind: "answer", status: 200 });
      expect([heard.join(""), connects]).toEqual(["secret measurements", [url.host]]);
    });
    it("sends not a byte to a proxy that answers for the server, by its own certificate or before the handshake", async () => {
      const impostor = await listening(connector(null, await serve(rogue)));
      const first = server;
      expect(await why(impostor)).toMatch(/^through the proxy 127.0.0.1:\d+ \(TRUEBOUND_PROXY\): .*not trusted.*not one that was pinned$/);
      expect(await why(impostor, [])).toMatch(/certificate is not trusted/);
      first?.closeAllConnections();
      first?.close();
      expect(await why(await listening(saying("HTTP/1.1 200 OK\r\n\r\nHTTP/1.1 200 OK\r\n\r\n{}")))).toMatch(
        /answers for the server: \d+ bytes came before the handshake/,
      );
    });
    it.each([
      ["HTTP/1.1 403 Forbid\u0007den\r\n\r\n", /does not connect to 127.0.0.1:\d+: HTTP 403 Forbid/],
      ["HTTP/1.1 407 Who\r\n\r\n", /wants credentials, and is told none.*HTTP 407/],
      ["SSH-2.0-OpenSSH\r\n", /does not speak HTTP/],
      [`HTTP/1.1 200 OK\r\nx: ${"y".repeat(100_000)}\r\n\r\n`, /does not speak HTTP: .*overflow/i],
      [null, /ended the connection|cannot reach/],
    ])("names what a proxy does that says %j", async (answer, expected) => {
      expect(await why(await listening(saying(answer)))).toMatch(expected);
    });
    it("names a proxy that is not there, a password that it refuses, and a file that holds none", async () => {
      const gone = await listening(saying(null));
      await new Promise((resolve) => proxies.pop()?.close(resolve));
      expect(await why(gone)).toMatch(/^cannot reach the proxy 127.0.0.1:\d+ \(TRUEBOUND_PROXY\): connect ECONNREFUSED/);
      const strict = connector("agent:s3cret");
      const path = join(folder, "wrong-credentials");
      writeFileSync(path, "agent:guess");
      expect(await why(await listening(strict, { kind: "file", path }))).toMatch(/does not take the credentials in .*wrong-credentials/);
      writeFileSync(path, "agent\r\nx-evil: 1");
      expect(await why({ ...gone, credentials: { kind: "file", path } })).toMatch(/no credentials for .*no user:password in one line/);
    });
    it("gives up a proxy that says nothing", async () => {
      const mute = await listening(createTcpServer((socket) => socket.on("error", () => undefined)));
      await expect(connectThrough(mute, { host: "::1", port: 1 }, 100)).rejects.toThrow(/^no answer from the proxy .* within 0.1 s$/);
    });
  });
  it("believes none without a signature, or by another key", async () => {
    answer = (_, res) => res.end('{"hello":1}');
    expect(await send(await serve(good), [good.pin], receiptKey)).toMatchObject({ kind: "no_answer" });
    answer = signed();
    server?.closeAllConnections();
    const other = generateKeyPairSync("ed25519").publicKey.export({ format: "jwk" }).x as string;
    expect(await send(await serve(good), [good.pin], other)).toMatchObject({ kind: "no_answer" });
  });
});

/** What the built agent's way to the server says of each place, in a process of its own: its clock is false, this one's is not. */
const DIAL = `
  import { HttpLink } from ${JSON.stringify(pathToFileURL(join(import.meta.dirname, "../dist/index.js")).href)};
  const signer = { publicKey: "", sign: () => new Uint8Array(64) };
  for (const { url, pins } of JSON.parse(process.argv[1])) {
    const link = new HttpLink(new URL(url), signer, { pins: () => pins, receiptKey: () => null, despite: () => undefined });
    const { kind, reason = "" } = await link.post("/", { secret: "measurements" });
    console.log(JSON.stringify({ kind, reason }));
    link.close();
  }`;

describe.skipIf(FAKETIME === undefined)("the road to the server by a wrong clock (skipped: libfaketime not found)", () => {
  interface Place {
    readonly url: string;
    /** Application data that reached it. */
    heard: number;
    close(): void;
  }
  interface Answer {
    readonly kind: string;
    readonly reason: string;
  }
  let places: Place[] = [];
  let pin: string;
  let good: Place;
  let rogues: readonly (readonly [what: string, at: Place, pins: readonly string[]])[];

  async function listenAs({ cert, key }: Identity): Promise<Place> {
    const open = new Set<TLSSocket>();
    const place: Place = { url: "", heard: 0, close: () => undefined };
    const listening = createTlsServer({ cert, key }, (socket) => {
      open.add(socket);
      socket.on("error", () => undefined);
      socket.on("data", (data) => {
        place.heard += data.length;
        socket.end("HTTP/1.1 200 OK\r\ncontent-length: 2\r\nconnection: close\r\n\r\n{}");
      });
    });
    listening.on("tlsClientError", () => undefined);
    await new Promise<void>((resolve) => listening.listen(0, "127.0.0.1", resolve));
    const close = () => {
      for (const socket of open) socket.destroy();
      listening.close();
    };
    return Object.assign(place, { url: `https://127.0.0.1:${(listening.address() as AddressInfo).port}/`, close });
  }

  beforeAll(async () => {
    const own = certificate("clock-good", null);
    const [selfSigned, expired, lasting] = [
      certificate("clock-self", null),
      certificate("clock-expired", ["20100101000000Z", "20110101000000Z"]),
      certificate("clock-lasting", ["20150101000000Z", "20490101000000Z"]),
    ];
    pin = own.pin;
    places = await Promise.all([own, selfSigned, expired, lasting].map(listenAs));
    const [goodAt, selfAt, expiredAt, lastingAt] = places as [Place, Place, Place, Place];
    good = goodAt;
    rogues = [
      ["self-signed, nothing pinned", selfAt, []],
      ["self-signed, another key pinned", selfAt, [pin]],
      ["of another authority and expired, another key pinned", expiredAt, [pin]],
      ["of another authority, its time right on all of these clocks, nothing pinned", lastingAt, []],
      ["of another authority, its time right on all of these clocks, two other keys pinned", lastingAt, [pin, "x".repeat(43)]],
    ];
  });
  afterAll(() => {
    for (const place of places) place.close();
  });

  it.each([["right", 0], ...CLOCKS_OFF] as const)(
    "%s: says nothing to five rogues, and goes on over the pinned key and its change",
    async (_, off) => {
      const cases = [
        ...rogues.map(([, { url }, pins]) => ({ url, pins })),
        { url: good.url, pins: [pin] },
        { url: good.url, pins: ["x".repeat(43), pin] },
      ];
      const env = { ...process.env, ...withClockOff(off) };
      const run = promisify(execFile);
      const { stdout } = await run(process.execPath, ["--input-type=module", "-e", DIAL, JSON.stringify(cases)], { env });
      const answers = stdout
        .trim()
        .split("\n")
        .map((line) => JSON.parse(line) as Answer);
      const untrusted = { kind: "no_answer", reason: expect.stringContaining("certificate is not trusted") };
      expect(answers.slice(0, rogues.length)).toEqual(rogues.map(() => untrusted));
      expect(answers.slice(rogues.length).map(({ kind }) => kind)).toEqual(["answer", "answer"]);
      expect(rogues.map(([what, { heard }]) => [what, heard])).toEqual(rogues.map(([what]) => [what, 0]));
      expect(good.heard).toBeGreaterThan(0);
    },
  );
});

/** R40: what is not TLS 1.2 or newer off the loopback does not begin. */
describe("a road that is not safe", () => {
  const AWAY = "http://192.0.2.1:8125";
  it.each([
    ["a run that is told to", ["run"], { TRUEBOUND_SERVER_URL: AWAY }],
    ["an enrolment that is told to", ["enroll", "--server", AWAY], {}],
  ] as const)("over plain HTTP to another machine: %s refuses", async (_, args, env) => {
    const run = await runAgent(args, { TRUEBOUND_AGENT_DATA_DIR: join(folder, "unsafe"), TRUEBOUND_SOURCES: "127.0.0.1:9", ...env });
    expect(run).toMatchObject({ code: 78, stderr: expect.stringContaining("without TLS the server must be on this machine") });
  });
  it("with TLS 1.1 carries nothing, even to the pinned key", async () => {
    const { cert, key, pin } = certificate("old-tls", null);
    let heard = 0;
    const old = createTlsServer({ cert, key, minVersion: "TLSv1", maxVersion: "TLSv1.1", ciphers: "DEFAULT:@SECLEVEL=0" }, (socket) =>
      socket.on("data", (data) => (heard += data.length)),
    );
    old.on("tlsClientError", () => undefined);
    await new Promise<void>((resolve) => old.listen(0, "127.0.0.1", resolve));
    const url = new URL(`https://127.0.0.1:${(old.address() as AddressInfo).port}/`);
    const link = new HttpLink(
      url,
      { publicKey: "", sign: () => new Uint8Array(64) },
      { pins: () => [pin], receiptKey: () => null, despite: () => undefined },
    );
    expect(await link.post("/", {})).toMatchObject({ kind: "no_answer", reason: expect.stringMatching(/version|protocol/) });
    expect(heard).toBe(0);
    link.close();
    old.close();
  });
});
