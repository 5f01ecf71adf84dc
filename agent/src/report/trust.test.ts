import { describe, expect, it } from "vitest";
import { judgeServer } from "./trust.ts";

const pins = ["current", "next"];

describe("whom an agent trusts", () => {
  it.each([
    [{ authorized: true, error: null, pin: "current" }, pins, { kind: "trusted", by: "pin" }],
    [{ authorized: true, error: null, pin: "renewed" }, pins, { kind: "trusted", by: "authority" }],
    [{ authorized: true, error: null, pin: "any" }, [], { kind: "trusted", by: "authority" }],
    [{ authorized: false, error: "CERT_HAS_EXPIRED", pin: "next" }, pins, { kind: "trusted_despite", error: "CERT_HAS_EXPIRED" }],
    [{ authorized: false, error: "CERT_NOT_YET_VALID", pin: "current" }, pins, { kind: "trusted_despite", error: "CERT_NOT_YET_VALID" }],
    [
      { authorized: false, error: "DEPTH_ZERO_SELF_SIGNED_CERT", pin: "current" },
      pins,
      { kind: "trusted_despite", error: "DEPTH_ZERO_SELF_SIGNED_CERT" },
    ],
  ] as const)("%j with the pins %j: %j", (handshake, known, trust) => expect(judgeServer(handshake, known)).toEqual(trust));
  // A clock that is wrong hides from TLS who vouches for the certificate: the time error alone must let nobody in.
  it.each(["CERT_HAS_EXPIRED", "CERT_NOT_YET_VALID", "DEPTH_ZERO_SELF_SIGNED_CERT", "ERR_TLS_CERT_ALTNAME_INVALID"])(
    "a rogue is refused with %s, whether pins are known or not",
    (error) => {
      for (const known of [pins, []]) expect(judgeServer({ authorized: false, error, pin: "rogue" }, known).kind).toBe("refused");
    },
  );
});
