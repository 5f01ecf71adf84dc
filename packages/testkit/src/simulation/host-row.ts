import { createHash } from "node:crypto";
import type { UtcInstant } from "@truebound/time";
import { genesisText } from "@truebound/wire";
import { hostRecord } from "../fleet/sound-host.ts";
import type { HostRow } from "./tables.ts";

export interface NewHost {
  readonly id: string;
  readonly name: string;
  readonly publicKey: Uint8Array;
  /** Hash of what let it in. */
  readonly enrolledWith: Uint8Array;
  readonly at: UtcInstant;
}

const sha256 = (text: string): string => createHash("sha256").update(text).digest("hex");

/** A host that was just let in, and of which nothing was heard. */
export const newHostRow = ({ id, name, publicKey, enrolledWith, at }: NewHost): HostRow => ({
  record: hostRecord({
    id,
    name,
    enrolledAt: at,
    changedXid: 0n,
    epoch: 1,
    seq: 0,
    chainAt: null,
    receivedAt: null,
    address: null,
    bootId: null,
    software: null,
    policyVersion: null,
    status: "unknown",
    reason: "never_measured",
    asOf: null,
    bound: null,
    votes: null,
    need: null,
  }),
  publicKey,
  nextKey: null,
  formerKeys: [],
  rotationWanted: false,
  enrolledWith,
  chainHash: sha256(genesisText(id, 1)),
  checkpointedSeq: 0,
  uncheckpointedSince: null,
  chainBootId: null,
  forkAttempts: 0n,
  forkAddress: null,
  forkSince: null,
  burstWanted: null,
});
