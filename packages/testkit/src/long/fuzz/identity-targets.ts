import { createHash } from "node:crypto";
import { isSignedReply } from "@truebound/agent";
import { labelsOfPod, readHostList, readJwks, readServiceAccount, readSignedPost, signHostList } from "@truebound/server";
import {
  formatJoinToken,
  Goodbye,
  GoodbyeReply,
  Labels,
  parseJoinToken,
  RotateReply,
  RotateRequest,
  SignedHostList,
  validator,
} from "@truebound/wire";
import type { SeededRandom } from "../../sim/random.ts";
import * as right from "./identity-examples.ts";
import { bentJson, bentText } from "./mutate.ts";
import { type FuzzTarget, json, text, unless } from "./target.ts";

/** By what agents, pods and lists say who they are. */
export const identityTargets: readonly FuzzTarget[] = [
  json("change of keys", [right.ROTATE_REQUEST, right.ROTATE_REPLY], (value) => silentOf([RotateRequest, RotateReply], value), silence),
  json("goodbye", [right.GOODBYE, right.GOODBYE_REPLY], (value) => silentOf([Goodbye, GoodbyeReply], value), silence),
  { name: "signed host list", kind: "text", draw: (random) => drawDocument(random, right.HOST_LIST), feed: takeHostList },
  { name: "draft of a host list", kind: "text", draw: (random) => drawDocument(random, right.HOST_LIST_DRAFT), feed: takeDraft },
  { name: "service account token", kind: "text", draw: drawToken, feed: takeToken },
  { name: "key set of a cluster", kind: "text", draw: drawJwks, feed: takeJwks },
  text("join token", right.JOIN_TOKENS, (input) => parseJoinToken(input), joinTokenProblem),
  text("headers of a signed post", [right.SIGNED_POST], claimOf, (claim) =>
    unless("refused" in claim || /^[0-9a-f-]{36}$/.test(claim.agent), "a claim of nobody"),
  ),
  text("headers of a signed reply", [right.SIGNED_REPLY], replyIsSigned, (isSigned) => unless(!isSigned, "a reply that nobody signed")),
];

const silentOf = (schemas: readonly (typeof RotateRequest | typeof RotateReply | typeof Goodbye | typeof GoodbyeReply)[], value: unknown) =>
  schemas.map((schema) => validator(schema)).some((schema) => !schema.accepts(value) && schema.errors(value).length === 0);

function silence(isSilent: boolean): string | null {
  return unless(!isSilent, "a refusal without a fault");
}

const drawDocument = (random: SeededRandom, example: unknown): string => {
  const whole = JSON.stringify(bentJson(random, [example])) ?? "";
  return random.next() < 0.2 ? bentText(random, [whole]) : whole;
};

const KEY = new Uint8Array(32);
const isListed = validator(SignedHostList);

/** Whoever it lets in is on it, under that very name. */
function takeHostList(input: string): string | null {
  const listing = readHostList(input, KEY, { verifyEd25519: () => true });
  if (typeof listing === "string") return unless(listing.length > 0, "a refusal without words");
  const { hosts } = JSON.parse(input) as SignedHostList;
  const last = new Map(hosts.map((host) => [host.public_key, host]));
  const odd = [...last.values()].find(
    ({ name, public_key }) => listing(name, public_key) === null || listing(`${name}x`, public_key) !== null,
  );
  return unless(
    odd === undefined && listing("web-1", "Z".repeat(43)) === null,
    "somebody let in who is not on the list, or kept out who is",
  );
}

function takeDraft(input: string): string | null {
  const signed = signHostList(input, () => new Uint8Array(64));
  if (typeof signed === "string") return unless(signed.length > 0, "a refusal without words");
  return unless(isListed.accepts(signed), "a signed list that no server takes");
}

const encoded = (value: unknown): string => Buffer.from(JSON.stringify(value) ?? "").toString("base64url");

/** Mostly a whole token whose header or claims are bent, now and then bent itself. */
function drawToken(random: SeededRandom): string {
  const header = random.next() < 0.3 ? bentJson(random, [right.TOKEN_HEADER]) : right.TOKEN_HEADER;
  const claims = random.next() < 0.9 ? bentJson(random, [right.TOKEN_CLAIMS]) : right.TOKEN_CLAIMS;
  const token = [encoded(header), encoded(claims), "c2lnbmF0dXJl"].join(".");
  return random.next() < 0.1 ? bentText(random, [token]) : token;
}

const RULES = {
  issuer: right.TOKEN_CLAIMS.iss,
  audience: "truebound",
  subjects: ["system:serviceaccount:monitoring:*"],
  verify: () => "signed" as const,
};
const labels = validator(Labels);

/** A pod that is let in carries labels that every later report and question can carry. */
function takeToken(input: string): string | null {
  const pod = readServiceAccount(input, RULES, 1_795_000_100);
  if (typeof pod === "string") return unless(pod.length > 0 && pod.length < 2000, "a refusal without words, or with too many");
  return unless(labels.accepts(labelsOfPod(pod)), "a pod with labels that no host may have");
}

/** Each key bent by itself: a file that says one key a hundred times is slow to read, and only an operator can write it. */
function drawJwks(random: SeededRandom): string {
  const whole = JSON.stringify({ keys: right.JWKS.keys.map((key) => (random.next() < 0.5 ? bentJson(random, [key]) : key)) });
  return random.next() < 0.2 ? bentText(random, [whole]) : whole;
}

function takeJwks(input: string): string | null {
  const keys = readJwks(input);
  if (typeof keys === "string") return unless(keys.length > 0, "a refusal without words");
  return unless(keys.size > 0 && [...keys.values()].every(({ key }) => key.type === "public"), "a set without a public key");
}

function joinTokenProblem(token: ReturnType<typeof parseJoinToken>): string | null {
  if (token === null || token.server === null) return null;
  const again = parseJoinToken(formatJoinToken({ ...token, server: token.server }));
  return unless(JSON.stringify(again) === JSON.stringify(token), "a token that does not come back");
}

const headersOf = (input: string): ReadonlyMap<string, string> =>
  new Map(input.split("\n").map((line) => [line.split(": ", 1)[0] ?? "", line.slice(line.indexOf(": ") + 2)]));

const CRYPTO = { sha256: (data: Uint8Array | string) => createHash("sha256").update(data).digest(), verifyEd25519: () => false };

function claimOf(input: string) {
  const headers = headersOf(input);
  return readSignedPost(
    {
      schemes: ["http", "https"],
      host: headers.get("host") ?? "",
      path: "/api/v1/goodbye",
      header: (name) => headers.get(name),
      body: Buffer.from(right.POST_BODY),
    },
    CRYPTO,
  );
}

function replyIsSigned(input: string): boolean {
  const headers = headersOf(input);
  return isSignedReply({ status: 200, body: Buffer.from(right.POST_BODY), header: (name) => headers.get(name) }, right.RECEIPT_KEY, null);
}
