import type { Aead, Agreement, AnswerRefusal, Validity } from "@truebound/ntp";
import type { Endpoint } from "./ports.ts";

/** Whom to ask for keys: reached at `endpoint`, and to prove itself as `name`. */
export interface KeyServer {
  readonly endpoint: Endpoint;
  readonly name: string;
  /** SHA-256 of the public keys by one of which it must, base64url; absent = whichever an authority vouches for. */
  readonly pins?: readonly string[];
}

/** Why no keys came of it before or beside the server's answer. */
export const CONNECTION_TROUBLES = [
  "nts_ke_connection_refused",
  "nts_ke_unreachable",
  "nts_ke_timeout",
  "nts_ke_closed",
  "nts_ke_too_long",
  "nts_ke_unresolved",
  "nts_ke_tls_failed",
  "nts_ke_no_tls13",
  "nts_ke_no_alpn",
  "nts_ke_untrusted",
  "nts_ke_wrong_name",
  "nts_pin_mismatch",
  "nts_ke_local_address",
] as const;
export type KeyTrouble = (typeof CONNECTION_TROUBLES)[number] | AnswerRefusal;

/** By what the server proved itself. Its dates are still to be judged. */
export interface SeenCertificate {
  /** Where all certificates from it up to the authority hold. */
  readonly validity: Validity;
  /** SHA-256 of its public key, base64url. */
  readonly key: string;
}

export interface Keys extends Pick<Agreement, "cookies"> {
  readonly kind: "keys";
  /** What they are for. */
  readonly aead: Aead;
  readonly c2s: Uint8Array;
  readonly s2c: Uint8Array;
  /** Where NTP is served. */
  readonly endpoint: Endpoint;
  readonly certificate: SeenCertificate;
}

export interface NoKeys {
  readonly kind: "refused";
  readonly reason: KeyTrouble;
  /** The key that was shown in place of a pinned one, as `SeenCertificate` has it. */
  readonly shown?: string;
}

export type KeyOutcome = Keys | NoKeys;

/** Establishes keys with a server, in bounded time and bytes. Never rejects. */
export interface KeyMaker {
  /** @param ntpPort where NTP is asked unless the server says otherwise. */
  establish(server: KeyServer, ntpPort: number): Promise<KeyOutcome>;
}
