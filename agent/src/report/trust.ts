/**
 * Whether whoever answered a TLS handshake is our server. A certificate authority may vouch for it; or its key is one that a
 * person pinned, by the join token. A pin needs nobody's clock and nobody's name: with it a certificate that is not valid
 * yet, or no longer, or vouched for by nobody, is as good as any. Without either nothing is sent.
 */
export interface Handshake {
  /** The chain ends at an authority of this host, the times hold on this host's clock, and the name is right. */
  readonly authorized: boolean;
  /** What TLS found wrong, e.g. CERT_HAS_EXPIRED; null = nothing. */
  readonly error: string | null;
  /** SHA-256 of the certificate's public key (SPKI, DER), base64url. */
  readonly pin: string;
}

export type Trust =
  | { readonly kind: "trusted"; readonly by: "authority" | "pin" }
  /** The pin holds although TLS complains: worth a word, since it may be this host's clock. */
  | { readonly kind: "trusted_despite"; readonly error: string }
  | { readonly kind: "refused"; readonly why: string };

export function judgeServer({ authorized, error, pin }: Handshake, pins: readonly string[]): Trust {
  if (pins.includes(pin)) return authorized || error === null ? { kind: "trusted", by: "pin" } : { kind: "trusted_despite", error };
  if (authorized) return { kind: "trusted", by: "authority" };
  const known = pins.length === 0 ? "no pin of it is known here" : `its key (pin ${pin}) is not one that was pinned`;
  return { kind: "refused", why: `the server's certificate is not trusted (${error ?? "not authorized"}), and ${known}` };
}
