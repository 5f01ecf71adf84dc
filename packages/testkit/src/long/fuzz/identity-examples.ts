import { createHash } from "node:crypto";
import { postSignatureInput, replyInput } from "@truebound/wire";
import { AGENT_ID } from "./examples.ts";

/** Right answers of who may report: keys, goodbyes, lists, tokens. */
const text43 = "A".repeat(43);
const text86 = `${"B".repeat(85)}A`;

export const ROTATE_REQUEST = {
  version: 1,
  agent: AGENT_ID,
  challenge: text43,
  public_key: text43,
  old_signature: text86,
  new_signature: text86,
};
export const ROTATE_REPLY = { version: 1, agent: AGENT_ID, public_key: text43 };
export const GOODBYE = { version: 1, agent: AGENT_ID, epoch: 1, last_seq: 42 };
export const GOODBYE_REPLY = { version: 1, agent: AGENT_ID, state: "retired" };

const LISTED = [
  { name: "web-1", public_key: text43, labels: { site: "fra", role: "web" } },
  { name: "db 1", public_key: "C".repeat(43), labels: {} },
];
export const HOST_LIST = { version: 1, hosts: LISTED, signature: text86 };
export const HOST_LIST_DRAFT = { version: 1, hosts: LISTED };

export const TOKEN_HEADER = { alg: "RS256", kid: "key-1", typ: "JWT" };
export const TOKEN_CLAIMS = {
  iss: "https://kubernetes.default.svc",
  aud: ["truebound"],
  sub: "system:serviceaccount:monitoring:truebound",
  exp: 1_795_003_600,
  nbf: 1_795_000_000,
  "kubernetes.io": {
    namespace: "monitoring",
    pod: { name: "truebound-abc", uid: "3f0f8a0e-0000-4000-8000-000000000009" },
    node: { name: "node-7.example.net", uid: "x" },
  },
};

/** Public keys of RFC 7517 and RFC 8037, appendix A. */
export const JWKS = {
  keys: [
    {
      kty: "EC",
      crv: "P-256",
      kid: "1",
      use: "sig",
      x: "MKBCTNIcKUSDii11ySs3526iDZ8AiTo7Tu6KPAqv7D4",
      y: "4Etl6SRW2YiLUrN5vfvVHuhp7x8PxltmWWlbbM4IFyM",
    },
    { kty: "OKP", crv: "Ed25519", kid: "2", x: "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo" },
    {
      kty: "RSA",
      kid: "2011-04-29",
      alg: "RS256",
      e: "AQAB",
      n: "0vx7agoebGcQSuuPiLJXZptN9nndrQmbXEps2aiAFbWhM78LhWx4cbbfAAtVT86zwu1RK7aPFFxuhDR1L6tSoc_BJECPebWKRXjBZCiFV4n3oknjhMstn64tZ_2W-5JsGY4Hc5n9yBXArwl93lqt7_RN5w6Cf0h4QyQ5v-65YGjQR0_FDW2QvzqY368QQMicAtaSqzs8KJZgnYb9c7d0zgdAZHzu6qMQvRL5hajrn1n91CbOpbISD08qNLyrdkt-bFTWhAI4vMQFh6WeZu0fM4lFd2NcRwr3XPksINHaQ-G_xBniIqbw0Ls1jF44-csFCur-kEgU8awapJzKnqDKgw",
    },
  ],
};

export const JOIN_TOKENS: readonly string[] = [
  text43,
  `tbj1.${text43}.${text43},${"D".repeat(43)}.https%3A%2F%2Ftb.example.net%3A8125%2F`,
  `tbj1.${text43}..http%3A%2F%2F127.0.0.1%3A8125%2F`,
];

export const POST_BODY = '{"version":1}';
const digest = `sha-256=:${createHash("sha256").update(POST_BODY).digest("base64")}:`;
const signature = `${"A".repeat(86)}==`;

/** Headers of what an agent says beside its batches, a line each. */
export const SIGNED_POST = [
  "host: 127.0.0.1:8125",
  `truebound-agent: ${AGENT_ID}`,
  `content-digest: ${digest}`,
  `signature-input: ${postSignatureInput(AGENT_ID)}`,
  `signature: truebound=:${signature}:`,
].join("\n");

export const RECEIPT_KEY = "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo";
const keyId = createHash("sha256").update(Buffer.from(RECEIPT_KEY, "base64url")).digest("base64url").slice(0, 16);
/** All of it is right but the signature, which nobody made. */
export const SIGNED_REPLY = [
  `content-digest: ${digest}`,
  `signature-input: ${replyInput({ requestSignature: null, keyId })}`,
  `signature: receipt=:${signature}:`,
].join("\n");
