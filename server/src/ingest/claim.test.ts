import { signatureInput } from "@truebound/wire";
import { describe, expect, it } from "vitest";
import { readClaim } from "./claim.ts";

const AGENT = "3f0f8a0e-0000-4000-8000-000000000001";
const headers: Readonly<Record<string, string>> = {
  "truebound-agent": AGENT,
  "truebound-epoch": "1",
  "truebound-seq": "42",
  "truebound-prev": "0".repeat(64),
  "truebound-head": "0".repeat(64),
  "truebound-sent": `${AGENT} 5000000000`,
  "content-digest": `sha-256=:${"A".repeat(43)}=:`,
  "signature-input": signatureInput(AGENT),
  signature: `truebound=:${"A".repeat(86)}==:`,
};
const claim = (over: Readonly<Record<string, string>>) =>
  readClaim({
    schemes: ["http"],
    address: null,
    host: "127.0.0.1:8125",
    header: (name) => ({ ...headers, ...over })[name],
  });

describe("the claim of a batch", () => {
  it("is read from its headers", () => expect(claim({})).toMatchObject({ agent: AGENT, epoch: 1, seq: 42 }));
  it.each(["9007199254740993", "9999999999999999", "042", "-1", "1e3"])(
    "of a sequence number %s is refused: it would be read as another",
    (seq) => expect(claim({ "truebound-seq": seq })).toMatchObject({ refused: "bad_request" }),
  );
});
