import { createHash, X509Certificate } from "node:crypto";
import { BlockList, isIP } from "node:net";
import type { PeerCertificate, SecureContext, TLSSocket } from "node:tls";
import {
  type Agreement,
  type Direction,
  EXPORTER_LABEL,
  exporterContext,
  isWholeAnswer,
  KEY_BYTES,
  keRequest,
  LONGEST_ANSWER,
  readAnswer,
  type Validity,
} from "@truebound/ntp";
import type { KeyMaker, KeyOutcome, KeyServer, KeyTrouble, NoKeys, SeenCertificate } from "../probe/nts-keys.ts";
import { makeSource, type Source } from "../probe/source.ts";
import { loadAesSiv } from "./aes-siv.ts";
import { pathTo, validityOf } from "./certificate-path.ts";
import { loadTls } from "./node-builtins.ts";
import { resolveSource } from "./resolver.ts";

const ALPN = "ntske/1";
const NTP_PORT = 123;

export interface KeyMakerOptions {
  /** PEM; trusted beside the public authorities. */
  readonly authorities?: readonly string[];
  /** For the whole of it, ms: a name that the server gives is looked up within it too. */
  readonly withinMs?: number;
  /** A numeric address for a name, or null. Never rejects. */
  readonly resolve?: (source: Source) => Promise<string | null>;
}

/**
 * Establishes NTS keys over TLS 1.3 (RFC 8915, section 4). Nothing is sent before the server has proved its name by a
 * certificate of a trusted authority; the certificate's dates go to the caller, who knows more of UTC than this host's clock.
 */
export class TlsKeyMaker implements KeyMaker {
  /** PEM; beside the public ones. */
  readonly #named: readonly string[];
  readonly #withinMs: number;
  readonly #resolve: (source: Source) => Promise<string | null>;
  /** Reading some 140 authorities takes 20 ms: once, and only where keys are asked for at all. */
  #context: SecureContext | null = null;

  constructor({ authorities = [], withinMs = 5000, resolve = resolveSource }: KeyMakerOptions = {}) {
    this.#named = authorities;
    this.#withinMs = withinMs;
    this.#resolve = resolve;
  }

  async establish(server: KeyServer, ntpPort: number): Promise<KeyOutcome> {
    const deadline = performance.now() + this.#withinMs;
    const made = await this.#exchange(server);
    if (made.kind === "refused") return made;
    const { agreement, ...keys } = made;
    const port = agreement.port ?? (ntpPort || NTP_PORT);
    const from = server.endpoint.address;
    const address = agreement.server === null ? from : await this.#lookUp(makeSource(agreement.server, port, "declared"), deadline);
    const trouble = address === null ? "nts_ke_unresolved" : address === LATE ? "nts_ke_timeout" : troubleWith(address, from);
    if (trouble !== null) return refused(trouble);
    return { ...keys, aead: await loadAesSiv(), cookies: agreement.cookies, endpoint: { address: address as string, port } };
  }

  async #lookUp(source: Source, deadline: number): Promise<string | null> {
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<typeof LATE>((resolve) => {
      timer = setTimeout(() => resolve(LATE), Math.max(0, deadline - performance.now()));
    });
    const address = await Promise.race([this.#resolve(source), late]);
    clearTimeout(timer);
    return address;
  }

  #exchange({ endpoint: { address, port }, name, pins }: KeyServer): Promise<Made> {
    this.#context ??= loadTls().createSecureContext({ ca: this.#authorities, minVersion: "TLSv1.3", maxVersion: "TLSv1.3" });
    const secureContext = this.#context;
    return new Promise((resolve) => {
      const socket = loadTls().connect({
        host: address,
        port,
        ...(isIP(name) === 0 ? { servername: name } : {}),
        secureContext,
        ALPNProtocols: [ALPN],
        // Judged below, before a byte is sent.
        rejectUnauthorized: false,
      });
      const end = (made: Made) => {
        clearTimeout(timer);
        socket.removeAllListeners();
        // What comes after this is of an exchange that is over.
        socket.on("error", () => undefined);
        socket.destroy();
        resolve(made);
      };
      const timer = setTimeout(() => end(refused("nts_ke_timeout")), this.#withinMs);
      socket.once("error", (error: NodeJS.ErrnoException) => end(refused(troubleOf(error))));
      socket.once("end", () => end(refused("nts_ke_closed")));
      socket.once("secureConnect", () => {
        const certificate = socket.alpnProtocol === ALPN ? this.#judge(socket, name) : "nts_ke_no_alpn";
        if (typeof certificate === "string") return end(refused(certificate));
        if (pins !== undefined && !pins.includes(certificate.key)) return end({ ...refused("nts_pin_mismatch"), shown: certificate.key });
        ask(socket, (answer) => end(madeOf(socket, answer, certificate)));
      });
    });
  }

  /** The certificate, or why it is none to be trusted, its dates aside. */
  #judge(socket: TLSSocket, name: string): SeenCertificate | KeyTrouble {
    const peer = socket.getPeerCertificate(true);
    const path = pathOf(peer);
    const [leaf, ...sent] = path;
    if (leaf === undefined) return "nts_ke_untrusted";
    const isTrusted = isTimely(socket);
    if (!isTrusted && !DATE_COMPLAINTS.has(complaintOf(socket))) return "nts_ke_untrusted";
    // Only the dates of those that are needed count: servers send more, such as one by an authority of before that is long over.
    const trusted = pathTo(this.#anchors(), leaf, sent) ?? (isTrusted ? path : null);
    if (trusted === null) return "nts_ke_untrusted";
    if (loadTls().checkServerIdentity(name, peer) !== undefined) return "nts_ke_wrong_name";
    const validity: Validity | null = validityOf(trusted);
    if (validity === null) return "nts_ke_untrusted";
    const spki = leaf.publicKey.export({ type: "spki", format: "der" });
    return { validity, key: createHash("sha256").update(spki).digest("base64url") };
  }

  /** The public ones are 200 KiB of text: they are asked for when they are needed. */
  get #authorities(): string[] {
    return [...loadTls().rootCertificates, ...this.#named];
  }

  #anchors(): X509Certificate[] {
    return this.#authorities.flatMap(certificatesIn);
  }
}

/** In the place of an address: it was not looked up in time. */
const LATE = "late";

const LOOPBACK = new BlockList();
LOOPBACK.addSubnet("127.0.0.0", 8);
LOOPBACK.addAddress("0.0.0.0"); // and what is sent there stays here
LOOPBACK.addAddress("::1", "ipv6");
LOOPBACK.addAddress("::", "ipv6");
const LINK_LOCAL = new BlockList();
LINK_LOCAL.addSubnet("169.254.0.0", 16);
LINK_LOCAL.addSubnet("fe80::", 10, "ipv6");

/** How far packets to it get: 0 = no farther than this host, 1 = than its link, 2 = beyond. */
function reachOf(address: string): 0 | 1 | 2 {
  const [bare = ""] = address.split("%");
  const family = isIP(bare) === 6 ? "ipv6" : "ipv4";
  if (LOOPBACK.check(bare, family)) return 0;
  return LINK_LOCAL.check(bare, family) ? 1 : 2;
}

/** A server from beyond cannot know what this host, or its link, has at an address that means something there alone. */
export const troubleWith = (address: string, server: string): KeyTrouble | null =>
  reachOf(address) < reachOf(server) ? "nts_ke_local_address" : null;

type Made = NoKeys | (Omit<Extract<KeyOutcome, { kind: "keys" }>, "cookies" | "endpoint" | "aead"> & { readonly agreement: Agreement });

const refused = (reason: KeyTrouble): NoKeys => ({ kind: "refused", reason });

/** Sends the request and waits for the whole answer. Where the server ends before it, what came is the answer. */
function ask(socket: TLSSocket, answered: (bytes: Uint8Array | "nts_ke_too_long") => void): void {
  let bytes = Buffer.alloc(0);
  socket.removeAllListeners("end");
  socket.once("end", () => answered(bytes));
  socket.on("data", (chunk: Buffer) => {
    bytes = Buffer.concat([bytes, chunk]);
    if (bytes.length > LONGEST_ANSWER) answered("nts_ke_too_long");
    else if (isWholeAnswer(bytes)) answered(bytes);
  });
  socket.write(keRequest());
}

function madeOf(socket: TLSSocket, bytes: Uint8Array | "nts_ke_too_long", certificate: SeenCertificate): Made {
  if (typeof bytes === "string") return refused(bytes);
  const answer = readAnswer(bytes);
  if (answer.kind === "refused") return answer;
  const key = (direction: Direction) => socket.exportKeyingMaterial(KEY_BYTES, EXPORTER_LABEL, Buffer.from(exporterContext(direction)));
  return { kind: "keys", c2s: key("c2s"), s2c: key("s2c"), certificate, agreement: answer };
}

/** What OpenSSL says when only the host's clock is against a certificate, as far as it tells. */
const DATE_COMPLAINTS: ReadonlySet<string> = new Set(["CERT_HAS_EXPIRED", "CERT_NOT_YET_VALID"]);
const WRONG_NAME = "ERR_TLS_CERT_ALTNAME_INVALID";

/** The type calls it an error; it is the code of one. */
const complaintOf = ({ authorizationError: error }: TLSSocket): string =>
  typeof error === "string" ? error : ((error as NodeJS.ErrnoException | null)?.code ?? "");

/** Trusted, and in time by the host's clock; the name is judged apart. */
const isTimely = (socket: TLSSocket): boolean => socket.authorized || complaintOf(socket) === WRONG_NAME;

const LONGEST_PATH = 10;

/** The certificate and what stands above it, as it was sent or found among the authorities. */
function pathOf(peer: PeerCertificate | { issuerCertificate?: PeerCertificate }): X509Certificate[] {
  const path: X509Certificate[] = [];
  for (
    let one: Partial<PeerCertificate & { issuerCertificate: PeerCertificate }> | undefined = peer;
    one?.raw && path.length < LONGEST_PATH;
  ) {
    path.push(new X509Certificate(one.raw));
    one = one.issuerCertificate === one ? undefined : one.issuerCertificate;
  }
  return path;
}

const PEM = /-----BEGIN CERTIFICATE-----[A-Za-z0-9+/=\s]+-----END CERTIFICATE-----/g;

/** The certificates of a PEM text, without those that cannot be read. */
export function certificatesIn(pem: string): X509Certificate[] {
  return [...pem.matchAll(PEM)].flatMap(([text]) => {
    try {
      return [new X509Certificate(text)];
    } catch {
      return []; // what is none proves nothing
    }
  });
}

const TROUBLES: Readonly<Record<string, KeyTrouble>> = {
  ECONNREFUSED: "nts_ke_connection_refused",
  EHOSTUNREACH: "nts_ke_unreachable",
  ENETUNREACH: "nts_ke_unreachable",
  ETIMEDOUT: "nts_ke_timeout",
  ECONNRESET: "nts_ke_closed",
  EPIPE: "nts_ke_closed",
  ERR_SSL_TLSV1_ALERT_NO_APPLICATION_PROTOCOL: "nts_ke_no_alpn",
  ERR_SSL_TLSV1_ALERT_PROTOCOL_VERSION: "nts_ke_no_tls13",
  ERR_SSL_UNSUPPORTED_PROTOCOL: "nts_ke_no_tls13",
};

const troubleOf = ({ code = "" }: NodeJS.ErrnoException): KeyTrouble => TROUBLES[code] ?? "nts_ke_tls_failed";
