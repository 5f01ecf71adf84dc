import { execFileSync } from "node:child_process";
import { createHash, createHmac } from "node:crypto";
import { readFileSync } from "node:fs";
import { createServer, type Server, type TlsOptions } from "node:tls";
import type { Rung } from "@truebound/agent";
import { encodeRecords, FIELD, fieldsOf, inTime, ofNumbers, RECORD } from "@truebound/ntp";
import { agentOn, answering, chronydPath, freePort, startChronyd } from "@truebound/testkit";
import { Batch, DEFAULT_POLICY, type Policy, validator } from "@truebound/wire";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { TlsKeyMaker } from "../../src/adapters/nts-key-maker.ts";
import { refidOf } from "../../src/adapters/random.ts";
import { NtsDialogue } from "../../src/probe/nts-dialogue.ts";
import type { KeyMaker, KeyOutcome } from "../../src/probe/nts-keys.ts";
import { pollOnce } from "../../src/probe/poll.ts";
import type { Transport } from "../../src/probe/ports.ts";
import { aProbe } from "../../src/probe/probe.fixture.ts";
import { renewKeys } from "../../src/probe/renew-keys.ts";
import { parseSource, type Source } from "../../src/probe/source.ts";
import type { SourceProbe } from "../../src/probe/source-probe.ts";
import { FAKETIME, withClock } from "../false-clock.ts";
import { runAgent, temporaryFolder } from "../helpers.ts";
import { FOR_DECADES, type Issued, LONG_AGO, NtsAuthority } from "../nts-authority.ts";
import { holdsZero, nonce, offsetNow, twoRungs } from "./bent-server.ts";

/** A real chronyd serves NTS here, by certificates of an authority of its own, on the loopback. */
const NOW = { lo: 1_790_000_000_000_000_000n, hi: 1_800_000_000_000_000_000n };

/** Other tests share the processors: where an answer comes, it is waited for. */
const PATIENT_MS = 20_000;

const folder = temporaryFolder();
let authority: NtsAuthority;
let stranger: NtsAuthority;
beforeAll(() => {
  authority = new NtsAuthority(folder.path);
  const elsewhere = temporaryFolder();
  stranger = new NtsAuthority(elsewhere.path);
  return elsewhere.remove;
});
afterAll(() => folder.remove());

const makerOf = (trusted: NtsAuthority): TlsKeyMaker =>
  new TlsKeyMaker({ authorities: [readFileSync(trusted.caFile, "utf8")], withinMs: PATIENT_MS });

interface Place {
  readonly port: number;
  readonly kePort: number;
}

async function startNtsServer({ certFile, keyFile }: Issued, at?: Place, more: readonly string[] = []) {
  const place = at ?? { port: await freePort(), kePort: await freePort() };
  const server = startChronyd(place.port, [
    "allow 127.0.0.0/8",
    "bindaddress 127.0.0.1",
    "local stratum 2",
    `ntsservercert ${certFile}`,
    `ntsserverkey ${keyFile}`,
    `ntsport ${place.kePort}`,
    ...more,
  ]);
  await answering(place.port, server.log);
  // Whoever serves keys is a process of its own.
  const asked = { endpoint: { address: "127.0.0.1", port: place.kePort }, name: "127.0.0.1" };
  await expect.poll(async () => (await makerOf(authority).establish(asked, place.port)).kind, { timeout: PATIENT_MS }).toBe("keys");
  return { ...place, stop: server.stop };
}

type NtsServer = Awaited<ReturnType<typeof startNtsServer>>;

const sourceAt = ({ port, kePort }: Place, mode = "nts=required"): Source =>
  parseSource(`127.0.0.1:${port} ${mode} ke=${kePort}`) as Source;

describe.skipIf(chronydPath() === null)("NTS with a real chronyd (skipped: chronyd not found)", () => {
  let rung: Rung;
  let server: NtsServer | null = null;
  let established: KeyOutcome[] = [];
  beforeEach(() => {
    rung = (twoRungs()[0] as { build: () => Rung }).build();
    established = [];
  });
  afterEach(async () => {
    await server?.stop();
    server = null;
    rung.close();
  });

  const counted = (maker: KeyMaker): KeyMaker => ({
    establish: async (...asked) => {
      const outcome = await maker.establish(...asked);
      established.push(outcome);
      return outcome;
    },
  });

  function probeOf(source: Source, { interleave = false, authenticatedOnly = false } = {}): SourceProbe {
    const { precision, uncertainty } = rung.transport;
    const probe = aProbe({
      source,
      client: { interleave, interleaveAfter: 2 },
      quality: { precision, uncertainty, rootsRoundedUp: true },
      refidOf,
      authenticatedOnly,
      ...(source.nts === undefined ? {} : { nts: new NtsDialogue(source.nts, source.host) }),
    });
    probe.resolved("127.0.0.1");
    return probe;
  }

  const instruments = (transport: Transport = direct(), utc = () => NOW as typeof NOW | null, trusted = authority) => ({
    clocks: rung.clocks,
    transport,
    nonce,
    keys: counted(makerOf(trusted)),
    utc,
  });

  /** The link as somebody in its middle would have it. Once what came was dropped, nobody waits for more. */
  const through = (bend: (bytes: Uint8Array) => readonly Uint8Array[], requests: Uint8Array[] = []): Transport => ({
    ...rung.transport,
    mode: rung.transport.mode,
    exchange: (endpoint, request, _, consider) => {
      requests.push(request);
      return new Promise((resolve) => {
        const exchange = rung.transport.exchange(endpoint, request, PATIENT_MS, (bytes) => {
          const verdicts = bend(bytes).map((one) => [one, consider(one)] as const);
          if (verdicts.some(([one, verdict]) => one === bytes && verdict === "take")) return "take";
          resolve({ kind: "failed", reason: "timeout" });
          return "drop";
        });
        void exchange.then(resolve);
      });
    },
  });

  const direct = () => through((bytes) => [bytes]);

  const fieldIn = (packet: Uint8Array, type: number) => fieldsOf(packet)?.filter((field) => field.type === type) ?? [];
  const proofOf = (probe: SourceProbe) => probe.authenticatedBy;

  it.each([false, true])("measures with authenticated packets, interleaved: %s, and spends no cookie twice", async (interleave) => {
    server = await startNtsServer(authority.issue("IP:127.0.0.1"));
    const probe = probeOf(sourceAt(server), { interleave, authenticatedOnly: true });
    const requests: Uint8Array[] = [];
    const modes = [];
    for (let poll = 0; poll < 20; poll++) {
      const evidence = await pollOnce(probe, instruments(through((bytes) => [bytes], requests)));
      modes.push(...evidence.map(({ sample }) => sample.reply));
    }
    expect(established.map(({ kind }) => kind)).toEqual(["keys"]);
    expect([probe.replies, Object.fromEntries(probe.troubles)]).toEqual([20, {}]);
    expect(proofOf(probe)).toMatchObject({ name: "127.0.0.1", dates: "confirmed", key: expect.stringMatching(/^[\w-]{43}$/) });
    expect(holdsZero(offsetNow(probe, rung))).toBe(true);
    expect(probe.facts(rung.clocks.read().rawAfter)).toMatchObject({ interval: { lo: expect.any(BigInt) } });
    expect(modes.includes("interleaved")).toBe(interleave);
    const cookies = requests.map((request) => Buffer.from(fieldIn(request, FIELD.cookie)[0]?.body ?? []).toString("hex"));
    expect(new Set(cookies).size).toBe(20);
    expect(requests.every((request) => fieldIn(request, FIELD.placeholder).length === 0)).toBe(true);
  });

  it("takes no reply that was changed, is of another request, or is not authenticated, and the genuine one behind them", async () => {
    server = await startNtsServer(authority.issue("IP:127.0.0.1"));
    const probe = probeOf(sourceAt(server));
    let last: Uint8Array = new Uint8Array(48);
    const link = instruments(
      through((bytes) => {
        const [changed, before] = [Uint8Array.from(bytes), last];
        changed[43] = (changed[43] as number) ^ 1;
        last = Uint8Array.from(bytes);
        return [changed, bytes.subarray(0, 48), ...(before.length > 48 ? [before] : []), bytes];
      }),
    );
    for (let poll = 1; poll <= 3; poll++) expect(await pollOnce(probe, link)).toHaveLength(1);
    expect(Object.fromEntries(probe.troubles)).toEqual({ nts_forged: 3, nts_unauthenticated: 3, nts_identifier_mismatch: 2 });
    const forging = instruments(through((bytes) => [Uint8Array.from(bytes, (byte, at) => (at === 43 ? byte ^ 1 : byte))]));
    expect(await pollOnce(probe, forging)).toEqual([]);
    expect(probe.troubles.get("timeout")).toBe(1);
  });

  it("asks for more cookies as packets are lost, and for new keys when the last one is spent", async () => {
    server = await startNtsServer(authority.issue("IP:127.0.0.1"));
    const probe = probeOf(sourceAt(server));
    const requests: Uint8Array[] = [];
    const lossy: Transport = {
      ...rung.transport,
      mode: rung.transport.mode,
      exchange: async (_, request) => {
        requests.push(request);
        return { kind: "failed", reason: "timeout" };
      },
    };
    for (let poll = 0; poll < 5; poll++) await pollOnce(probe, instruments(lossy));
    expect(await pollOnce(probe, instruments(through((bytes) => [bytes], requests)))).toHaveLength(1);
    expect(requests.map((request) => fieldIn(request, FIELD.placeholder).length)).toEqual([0, 1, 2, 3, 4, 5]);
    for (let poll = 0; poll < 8; poll++) await pollOnce(probe, instruments(lossy));
    expect(established).toHaveLength(1);
    await renewKeys(probe, instruments(), performance.now() / 1000 + 11);
    expect(await pollOnce(probe, instruments())).toHaveLength(1);
    expect([established.length, probe.troubles.get("timeout")]).toEqual([2, 13]);
  });

  it("goes on while the server rotates its keys, and takes new ones when it has forgotten them, after a while", async () => {
    const issued = authority.issue("IP:127.0.0.1");
    server = await startNtsServer(issued, undefined, ["ntsrotate 1"]);
    const probe = probeOf(sourceAt(server));
    const until = performance.now() + 3500;
    while (performance.now() < until) expect(await pollOnce(probe, instruments())).toHaveLength(1);
    expect([established.length, Object.fromEntries(probe.troubles)]).toEqual([1, {}]);
    await server.stop();
    server = await startNtsServer(issued, server);
    expect(await pollOnce(probe, instruments(through((bytes) => [bytes])))).toEqual([]);
    expect(Object.fromEntries(probe.troubles)).toEqual({ kiss_ntsn: 1, timeout: 1 });
    expect(await pollOnce(probe, instruments())).toEqual([]);
    expect([established.length, probe.troubles.get("nts_no_keys")]).toEqual([1, 1]);
    await renewKeys(probe, instruments(), performance.now() / 1000 + 11);
    expect(await pollOnce(probe, instruments())).toHaveLength(1);
    expect(established.length).toBe(2);
  });

  it("holds a certificate's dates against what is proved of UTC, else against the source's own word", async () => {
    server = await startNtsServer(authority.issue("IP:127.0.0.1", LONG_AGO));
    const knowing = probeOf(sourceAt(server));
    expect(await pollOnce(knowing, instruments())).toEqual([]);
    expect(Object.fromEntries(knowing.troubles)).toEqual({ nts_certificate_expired: 1, nts_no_keys: 1 });
    const unknowing = probeOf(sourceAt(server));
    expect(
      await pollOnce(
        unknowing,
        instruments(direct(), () => null),
      ),
    ).toEqual([]);
    expect([Object.fromEntries(unknowing.troubles), proofOf(unknowing)]).toEqual([{ nts_certificate_expired: 1 }, null]);
    await server.stop();
    server = await startNtsServer(authority.issue("IP:127.0.0.1"));
    const provisional = probeOf(sourceAt(server));
    let utc: typeof NOW | null = null;
    const link = instruments(direct(), () => utc);
    expect(await pollOnce(provisional, link)).toHaveLength(1);
    expect(proofOf(provisional)?.dates).toBe("provisional");
    utc = NOW;
    expect(await pollOnce(provisional, link)).toHaveLength(1);
    expect([proofOf(provisional)?.dates, established.at(-1)?.kind]).toEqual(["confirmed", "keys"]);
    utc = { lo: 0n, hi: 1n };
    expect(await pollOnce(provisional, link)).toHaveLength(1);
  });

  it("is asked without, and marked so, where NTS is preferred and no keys are to be had; and not where only authenticated ones count", async () => {
    server = await startNtsServer(authority.issue("IP:127.0.0.1"));
    const source = sourceAt({ ...server, kePort: await freePort() }, "nts");
    const probe = probeOf(source);
    expect(await pollOnce(probe, instruments())).toHaveLength(1);
    expect([Object.fromEntries(probe.troubles), proofOf(probe)]).toEqual([{ nts_ke_connection_refused: 1 }, null]);
    const barred = probeOf(source, { authenticatedOnly: true });
    expect(await pollOnce(barred, instruments())).toEqual([]);
    expect(Object.fromEntries(barred.troubles)).toEqual({ nts_ke_connection_refused: 1, nts_no_keys: 1 });
    expect(barred.facts(rung.clocks.read().rawAfter)).toMatchObject({ notAuthenticated: true, interval: null });
  });

  it("is what a whole agent reports of it, where only authenticated sources count", async () => {
    server = await startNtsServer(authority.issue("IP:127.0.0.1"));
    const batches: Batch[] = [];
    const policy: Policy = { ...DEFAULT_POLICY, version: 1, probe_interval_s: 1, report_interval_s: 0.2, authenticated: "required" };
    const plain = parseSource(`127.0.0.1:${server.port + 1}`) as Source;
    const agent = agentOn(rung, [sourceAt(server), plain], {
      policy,
      report: (batch) => batches.push(batch),
      instruments: { clocks: rung.clocks, transport: rung.transport, nonce, keys: makerOf(authority) },
    });
    agent.start();
    const told = () => batches.find(({ sources }) => sources[0]?.state === "agrees");
    await expect.poll(told, { timeout: 40_000 }).toBeDefined();
    agent.stop();
    const { sources, bounds } = told() as Batch;
    expect(validator(Batch).errors(told())).toEqual([]);
    // One source alone confirms no dates, its own neither.
    expect(sources[0]?.nts).toMatchObject({ mode: "required", authenticated: true, name: "127.0.0.1", dates: "provisional" });
    expect([bounds.status.at(-1), bounds.reason.at(-1)]).toEqual(["unverified", "one_vote"]);
    expect("nts" in (sources[1] ?? {})).toBe(false);
  });

  /** Ten years behind a certificate is not yet valid by the host's clock, and in 2017 one that is long over is valid. */
  describe.skipIf(FAKETIME === undefined)("on a host with a false clock (skipped: libfaketime not found)", () => {
    const check = async (clock: string, trusted: NtsAuthority) => {
      const { port, kePort } = server as NtsServer;
      const named = `127.0.0.1:${port} nts=required ke=${kePort}`;
      const env = { TRUEBOUND_NTS_CA_FILE: trusted.caFile, ...withClock(clock) };
      const { stdout, stderr } = await runAgent(["check", named, "--json", "--samples", "1"], env);
      expect(stderr).toBe("");
      return JSON.parse(stdout).sources[0];
    };

    it("a good certificate is good, years behind and years ahead; a stranger's is not", async () => {
      server = await startNtsServer(authority.issue("IP:127.0.0.1", FOR_DECADES));
      for (const clock of ["@2015-06-01 00:00:00", "@2055-06-01 00:00:00"])
        expect(await check(clock, authority)).toMatchObject({
          status: "agrees",
          nts: { authenticated: true, name: "127.0.0.1", dates: "provisional" },
          refusals: {},
        });
      expect(await check("@2015-06-01 00:00:00", stranger)).toMatchObject({
        status: "never_answered",
        guaranteed: null,
        nts: { authenticated: false, name: null },
        refusals: { nts_ke_untrusted: 1, nts_no_keys: 1 },
      });
    });

    it("one that is over is refused, though the clock says that it holds", async () => {
      server = await startNtsServer(authority.issue("IP:127.0.0.1", LONG_AGO));
      expect(await check("@2017-06-01 00:00:00", authority)).toMatchObject({ guaranteed: null, refusals: { nts_certificate_expired: 1 } });
    });
  });
});

describe("servers of keys that are none", () => {
  let server: Server | null = null;
  afterEach(() => new Promise<void>((resolve) => (server === null ? resolve() : server.close(() => resolve()))));

  /** What the server sends once it has been asked; null = it never says anything. */
  async function outcome(options: Answering): Promise<string> {
    const made = await establishedWith(options);
    return made.kind === "refused" ? made.reason : `keys for ${made.endpoint.address}:${made.endpoint.port}`;
  }

  type Answering = TlsOptions & {
    says?: Uint8Array | null;
    names?: string;
    trusted?: NtsAuthority;
    above?: string;
    pins?: readonly string[];
    /** What a name that the server gives is looked up to; never = the resolver does not answer. */
    address?: string | "never";
    /** The lines of the server's key log. */
    logged?: string[];
  };

  async function establishedWith(options: Answering): Promise<KeyOutcome> {
    const { says = null, names = "IP:127.0.0.1", trusted = authority, above = "", pins, address, logged, ...tls } = options;
    const { certFile, keyFile } = authority.issue(names);
    const cert = `${readFileSync(certFile, "utf8")}${above}`;
    server = createServer({ ALPNProtocols: ["ntske/1"], cert, key: readFileSync(keyFile), ...tls }, (socket) => {
      socket.on("error", () => undefined);
      if (says !== null) socket.once("data", () => socket.end(says));
      else socket.resume();
    });
    server.on("tlsClientError", () => undefined);
    server.on("keylog", (line: Buffer) => logged?.push(line.toString("latin1")));
    await new Promise<void>((resolve) => server?.listen(0, "127.0.0.1", resolve));
    const { port } = server.address() as { port: number };
    const resolve = () => (address === "never" ? new Promise<null>(() => undefined) : Promise.resolve(address ?? null));
    const maker = new TlsKeyMaker({
      authorities: [readFileSync(trusted.caFile, "utf8")],
      withinMs: says === null || address === "never" ? 1000 : PATIENT_MS,
      ...(address === undefined ? {} : { resolve }),
    });
    return maker.establish({ endpoint: { address: "127.0.0.1", port }, name: "127.0.0.1", ...(pins === undefined ? {} : { pins }) }, 123);
  }

  const said = (...records: readonly [type: number, body: Uint8Array][]) =>
    encodeRecords([...records, [RECORD.endOfMessage, new Uint8Array()] as const].map(([type, body]) => ({ critical: true, type, body })));
  const AGREED = [RECORD.nextProtocol, ofNumbers(0)] as [number, Uint8Array];
  const COOKIE = [RECORD.newCookie, new Uint8Array(100)] as [number, Uint8Array];
  const SIV = [RECORD.aead, ofNumbers(15)] as [number, Uint8Array];

  it("and one that is one", async () => {
    const elsewhere = [RECORD.server, Buffer.from("127.0.0.9")] as [number, Uint8Array];
    expect(await outcome({ says: said(AGREED, SIV, elsewhere, [RECORD.port, ofNumbers(1123)], COOKIE) })).toBe("keys for 127.0.0.9:1123");
  });
  it("has keys that are those of RFC 8446, section 7.5, by HMAC alone, under the label and the contexts of RFC 8915", async () => {
    // RFC 8448, section 3: the client's handshake traffic secret, and the key that is expanded of it.
    const secret = Buffer.from("b3eddb126e067f35a780b3abf45e2d8f3b1a950738f52e9600746a0e27a55a21", "hex");
    expect(expandLabel("sha256", secret, "key", Buffer.alloc(0), 16).toString("hex")).toBe("dbfaa693d1762c5b666af5d950258d01");
    const logged: string[] = [];
    const made = await establishedWith({ says: said(AGREED, SIV, COOKIE), logged });
    const [, exporter = ""] = /^EXPORTER_SECRET \w+ (\w+)/m.exec(logged.join("")) ?? [];
    const keyFor = (direction: number) => tlsExporter(exporter, "EXPORTER-network-time-security", [0, 0, 0, 15, direction], 32);
    expect(made.kind === "keys" && [made.c2s, made.s2c].map((key) => Buffer.from(key).toString("hex"))).toEqual([keyFor(0), keyFor(1)]);
  });
  it("proves itself by one of the keys that are pinned, or gets no question", async () => {
    const asked = () => ({ says: said(AGREED, SIV, COOKIE) });
    const strange = "A".repeat(43);
    const refusedFor = await establishedWith({ ...asked(), pins: [strange] });
    expect(refusedFor).toEqual({ kind: "refused", reason: "nts_pin_mismatch", shown: expect.stringMatching(/^[\w-]{43}$/) });
    const { certFile, keyFile } = authority.issue("IP:127.0.0.1");
    const spki = execFileSync("openssl", ["pkey", "-pubout", "-outform", "der", "-in", keyFile]);
    const pin = createHash("sha256").update(spki).digest("base64url");
    const own = { cert: readFileSync(certFile), key: readFileSync(keyFile) };
    expect(await establishedWith({ ...asked(), ...own, pins: [strange, pin] })).toMatchObject({ kind: "keys", certificate: { key: pin } });
  });
  it("holds only the dates of the certificates by which it is trusted, whatever else is sent", async () => {
    const above = readFileSync(authority.crossSignedBy(stranger, LONG_AGO), "utf8");
    const made = await establishedWith({ says: said(AGREED, SIV, COOKIE), above });
    expect(made.kind === "keys" && inTime(made.certificate.validity, NOW)).toBe("in_time");
  });
  it.each([
    ["nts_ke_no_alpn", () => ({ ALPNProtocols: ["http/1.1"] })],
    ["nts_ke_no_tls13", () => ({ maxVersion: "TLSv1.2" as const })],
    ["nts_ke_untrusted", () => ({ trusted: stranger })],
    ["nts_ke_wrong_name", () => ({ names: "DNS:other.example,IP:127.0.0.2" })],
    ["nts_ke_timeout", () => ({ says: null })],
    ["nts_ke_cut_short", () => ({ says: said(AGREED, SIV, COOKIE).subarray(0, 60) })],
    ["nts_ke_too_long", () => ({ says: said(AGREED, SIV, ...Array.from({ length: 170 }, () => COOKIE)).subarray(0, -4) })],
    ["nts_ke_no_aead", () => ({ says: said(AGREED, [RECORD.aead, new Uint8Array()], COOKIE) })],
    ["nts_ke_no_cookies", () => ({ says: said(AGREED, SIV) })],
    ["nts_ke_error_bad_request", () => ({ says: said([RECORD.error, ofNumbers(1)]) })],
    ["nts_ke_unresolved", () => ({ says: said(AGREED, SIV, [RECORD.server, Buffer.from("no..name")], COOKIE) })],
    ["nts_ke_timeout", () => ({ says: said(AGREED, SIV, [RECORD.server, Buffer.from("ntp.example")], COOKIE), address: "never" })],
  ] as const)("%s", async (reason, how) => expect(await outcome(how())).toBe(reason));
});

/** HKDF-Expand-Label (RFC 8446, section 7.1) of no more than one block. */
function expandLabel(hash: string, secret: Buffer, label: string, context: Buffer, bytes: number): Buffer {
  const named = Buffer.from(`tls13 ${label}`);
  const info = [Buffer.from([bytes >> 8, bytes & 255, named.length]), named, Buffer.from([context.length]), context, Buffer.from([1])];
  return createHmac(hash, secret).update(Buffer.concat(info)).digest().subarray(0, bytes);
}

/** TLS-Exporter (RFC 8446, section 7.5) of the exporter's secret, as a key log has it. */
function tlsExporter(exporter: string, label: string, context: readonly number[], bytes: number): string {
  const secret = Buffer.from(exporter, "hex");
  const hash = secret.length === 48 ? "sha384" : "sha256";
  const digest = (of: Uint8Array) => createHash(hash).update(of).digest();
  const derived = expandLabel(hash, secret, label, digest(new Uint8Array()), secret.length);
  return expandLabel(hash, derived, "exporter", digest(Uint8Array.from(context)), bytes).toString("hex");
}
