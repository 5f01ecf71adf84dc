import { expect, it } from "vitest";
import { refusalOf } from "./goodbye.ts";

const host = { state: "active", isEphemeral: true, epoch: 2, nextSeq: 6 } as const;
const last = { epoch: 2, last_seq: 5 };

it.each([
  ["of the latest batch counts", {}, last, undefined],
  ["counts once more", { state: "retired" }, last, undefined],
  ["of one that waits for a person counts", { state: "pending", epoch: 1, nextSeq: 1 }, { epoch: 1, last_seq: 0 }, undefined],
  ["of an earlier batch means nothing", {}, { epoch: 2, last_seq: 4 }, "seq_gap"],
  ["of an earlier epoch means nothing", {}, { epoch: 1, last_seq: 5 }, "seq_gap"],
  ["of more than was stored means nothing", {}, { epoch: 2, last_seq: 6 }, "seq_gap"],
  ["of a host that stays is refused", { isEphemeral: false }, last, "bad_request"],
  ["of a suspended host is refused", { state: "suspended" }, last, "suspended"],
  ["of a revoked host is refused", { state: "revoked" }, last, "revoked"],
] as const)("a goodbye %s", (_, more, said, code) => expect(refusalOf({ ...host, ...more }, said)?.refused).toBe(code));
