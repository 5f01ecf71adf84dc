import { HttpLink, type ServerTrust } from "../adapters/http-link.ts";
import type { Log } from "../log/log-line.ts";
import { type ProxySettings, proxyTo } from "../proxy/proxy-settings.ts";
import type { Identity, ServerLink, Signer } from "../report/ports.ts";

/** A way to a server. */
export type OpenLink = ServerLink & { close(): void };

/** Opens a way to a server that is known by that trust. */
export type Dial = (server: URL, signer: Signer, trust: ServerTrust) => OpenLink;

/** How a server is reached. */
export interface Road {
  readonly proxy: ProxySettings;
  /** Pins that the operator gave. */
  readonly told?: readonly string[];
  readonly dial?: Dial;
}

export const DIAL_HTTP: Dial = (server, signer, trust) => new HttpLink(server, signer, trust);

/** What is known of the server, and what it adds itself: its receipt key at the enrolment, its pins with each reply. */
export class KnownServer {
  #receiptKey: string | null;
  #pins: readonly string[];
  #keep: (receiptKey: string) => void = () => undefined;
  #complained: string | null = null;
  readonly #ending = new AbortController();
  readonly #proxy: ProxySettings;
  readonly #log: Log;
  readonly #dial: Dial;

  /**
   * `told` are the operator's pins. They count beside those that are kept, which may be from before the server had TLS or this key, until the
   * server's first signed reply says which are in force.
   */
  constructor(identity: Pick<Identity, "receiptKey" | "pins"> | null, log: Log, { proxy, told = [], dial = DIAL_HTTP }: Road) {
    this.#dial = dial;
    this.#proxy = proxy;
    this.#receiptKey = identity?.receiptKey ?? null;
    this.#pins = [...new Set([...(identity?.pins ?? []), ...told])];
    this.#log = log;
  }

  get pins(): readonly string[] {
    return this.#pins;
  }

  learn({
    receiptKey = this.#receiptKey,
    pins = this.#pins,
  }: {
    readonly receiptKey?: string | null;
    readonly pins?: readonly string[];
  }): void {
    this.#receiptKey = receiptKey;
    this.#pins = pins;
  }

  /** A key that follows the known one is told to this, to be kept. */
  keepBy(keep: (receiptKey: string) => void): void {
    this.#keep = keep;
  }

  #follow(receiptKey: string): void {
    this.#receiptKey = receiptKey;
    this.#log("info", `the server signs by another key now, ${receiptKey}: the one before vouches for it`);
    try {
      this.#keep(receiptKey);
    } catch (error) {
      this.#log(
        "warn",
        `cannot keep that key on disk: ${(error as Error).message}; it is in force until this agent ends, and learned again`,
      );
    }
  }

  /** The agent ends: no exchange, by whichever link, may hold it up. */
  hurry(): void {
    this.#ending.abort();
  }

  linkTo(server: URL, signer: Signer): OpenLink {
    return this.#dial(server, signer, {
      receiptKey: () => this.#receiptKey,
      onFollowed: (receiptKey) => this.#follow(receiptKey),
      ending: this.#ending.signal,
      pins: () => this.#pins,
      proxy: proxyTo(server, this.#proxy),
      despite: (error) => this.#tell(error),
    });
  }

  /** Once for each kind of complaint. */
  #tell(error: string): void {
    if (error === this.#complained) return;
    this.#complained = error;
    const clock = /NOT_YET_VALID|EXPIRED/.test(error) ? "; perhaps this host's clock is what is wrong" : "";
    this.#log("warn", `the server's certificate is not valid here (${error}), but its key is the pinned one: trusted${clock}`);
  }
}
