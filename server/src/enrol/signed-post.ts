import { postSignatureBase, postSignatureInput, SIGNATURE_LABEL } from "@truebound/wire";
import { type Refusal, refuse } from "../refusal.ts";
import type { EnrolCrypto } from "./ports.ts";

/** What an agent says beside its batches, as it came over HTTP, before anything in it is believed. */
export interface PostRequest {
  /** Schemes by which the listener can be dialled. */
  readonly schemes: readonly ("http" | "https")[];
  /** The Host header: the name that the agent dialled. */
  readonly host: string;
  readonly path: string;
  header(name: string): string | undefined;
  readonly body: Uint8Array;
}

/** Who says that it sends this, and what would prove it. */
export interface PostClaim {
  readonly agent: string;
  isBy(publicKey: Uint8Array): boolean;
  readonly signature: Uint8Array;
  /** The text that one of these keys signed; throws where none did. */
  base(publicKeys: readonly Uint8Array[]): string;
}

const AGENT = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;
const HOST = /^[A-Za-z0-9.\-_:[\]]{1,255}$/;
/** As in claim.ts: no bit of it is free. */
const SIGNATURE = new RegExp(`^${SIGNATURE_LABEL}=:([A-Za-z0-9+/]{85}[AQgw]==):$`);

/** `@target-uri` of the signature is the URI that the agent dialled; the digest is that of the body as it came. */
export function readSignedPost(request: PostRequest, crypto: Pick<EnrolCrypto, "sha256" | "verifyEd25519">): PostClaim | Refusal {
  const { schemes, host, path, header, body } = request;
  const agent = header("truebound-agent") ?? "";
  if (!AGENT.test(agent)) return refuse("bad_request", "Cannot use header truebound-agent: it is missing or no id");
  if (!HOST.test(host)) return refuse("bad_request", "Cannot use header host: it is missing or no name and port");
  const contentDigest = `sha-256=:${Buffer.from(crypto.sha256(body)).toString("base64")}:`;
  if (header("content-digest") !== contentDigest) return refuse("bad_digest", "The body is not the one of its Content-Digest");
  const [, signature] = SIGNATURE.exec(header("signature") ?? "") ?? [];
  if (signature === undefined || header("signature-input") !== postSignatureInput(agent))
    return refuse("bad_signature", "The request carries no signature of the form that it needs");
  const texts = schemes.map((scheme) =>
    postSignatureBase({ method: "POST", targetUri: `${scheme}://${host}${path}`, contentDigest, agent }),
  );
  const bytes = Buffer.from(signature, "base64");
  const signedBy = (key: Uint8Array) => texts.find((text) => crypto.verifyEd25519(key, text, bytes));
  return {
    agent,
    isBy: (key) => signedBy(key) !== undefined,
    signature: bytes,
    base: (keys) => {
      const text = keys.map(signedBy).find((one) => one !== undefined);
      if (text === undefined) throw new Error(`Cannot say what agent ${agent} signed: none of these keys did`);
      return text;
    },
  };
}

/** The document of a body; null = it is none. */
export function parseBody(body: Uint8Array): unknown {
  try {
    return JSON.parse(Buffer.from(body).toString("utf8"));
  } catch {
    return null; // the schema then says what is wanted
  }
}
