import { isSignedReply } from "@truebound/agent";
import { openContent, readBatch, readClaim, readHostList, readJwks, readServiceAccount, readSignedPost } from "@truebound/server";
import {
  Challenge,
  EnrolReply,
  EnrolRequest,
  Goodbye,
  GoodbyeReply,
  Policy,
  Problem,
  parseJoinToken,
  ReceivedReceipt,
  RotateReply,
  RotateRequest,
  validator,
} from "@truebound/wire";
import { expect, it } from "vitest";
import * as right from "./examples.ts";
import * as identity from "./identity-examples.ts";

/** Cases that are bent from a wrong answer get no farther than its fault. */
it.each([
  ["a policy", Policy, right.POLICY],
  ["a receipt", ReceivedReceipt, right.RECEIPT],
  ["a problem", Problem, right.PROBLEM],
  ["an enrolment", EnrolRequest, right.ENROL_REQUEST],
  ["its reply", EnrolReply, right.ENROL_REPLY],
  ["a challenge", Challenge, right.CHALLENGE],
  ["a change of keys", RotateRequest, identity.ROTATE_REQUEST],
  ["its reply", RotateReply, identity.ROTATE_REPLY],
  ["a goodbye", Goodbye, identity.GOODBYE],
  ["its reply", GoodbyeReply, identity.GOODBYE_REPLY],
] as const)("%s is right", (_, schema, example) => expect(validator(schema).errors(example)).toEqual([]));

const headersOf = (text: string) => {
  const headers = new Map(text.split("\n").map((line) => [line.split(": ", 1)[0] ?? "", line.slice(line.indexOf(": ") + 2)]));
  return (name: string) => headers.get(name);
};

it("so is what is read by more than a schema", () => {
  expect(readBatch(new TextEncoder().encode(JSON.stringify(right.BATCH)), right.AGENT_ID)).toMatchObject({ setAside: [] });
  expect(openContent(new TextEncoder().encode("{}"), 2).kind).toBe("open");
  for (const text of right.SIGNED_HEADERS) {
    const header = headersOf(text);
    expect(readClaim({ schemes: ["http"], address: null, host: header("host") ?? "", header })).toHaveProperty("signature");
  }
  const header = headersOf(identity.SIGNED_POST);
  const crypto = {
    sha256: () => Buffer.from(/=:(.*):/.exec(header("content-digest") ?? "")?.[1] ?? "", "base64"),
    verifyEd25519: () => true,
  };
  const post = { schemes: ["http"], host: header("host") ?? "", path: "/", header, body: Buffer.from(identity.POST_BODY) } as const;
  expect(readSignedPost(post, crypto)).toHaveProperty("agent");
  expect(isSignedReply({ status: 200, body: Buffer.from("x"), header: headersOf(identity.SIGNED_REPLY) }, identity.RECEIPT_KEY, null)).toBe(
    false,
  );
  expect(readHostList(JSON.stringify(identity.HOST_LIST), new Uint8Array(32), { verifyEd25519: () => true })).toBeInstanceOf(Function);
  expect(readJwks(JSON.stringify(identity.JWKS))).toHaveProperty("size", 2);
  for (const token of identity.JOIN_TOKENS) expect(parseJoinToken(token)).not.toBeNull();
  const encoded = [identity.TOKEN_HEADER, identity.TOKEN_CLAIMS].map((part) => Buffer.from(JSON.stringify(part)).toString("base64url"));
  const rules = { issuer: identity.TOKEN_CLAIMS.iss, audience: "truebound", subjects: ["*"], verify: () => "signed" as const };
  expect(readServiceAccount([...encoded, "x"].join("."), rules, 1_795_000_100)).toMatchObject({ namespace: "monitoring" });
});
