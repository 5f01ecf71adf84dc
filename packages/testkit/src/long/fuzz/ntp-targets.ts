import { makeSource, refidOf, SourceProbe } from "@truebound/agent";
import {
  acceptReply,
  DEFAULT_CLIENT,
  decode,
  encode,
  HEADER_BYTES,
  type Memory,
  makeReply,
  makeRequest,
  REFUSALS,
  readRequest,
  TransmitMemory,
} from "@truebound/ntp";
import { ppb, raw, uncalibrated } from "@truebound/time";
import * as right from "./examples.ts";
import { bytes, type FuzzTarget, unless } from "./target.ts";

/** What servers and clients of NTP send. */
export const ntpTargets: readonly FuzzTarget[] = [
  bytes("NTP packet", right.PACKETS, decode, (packet, input) =>
    typeof packet === "string"
      ? unless(["too_short", "too_long", "malformed_extension"].includes(packet), `the refusal ${packet}`)
      : unless(Buffer.compare(encode(packet), input.subarray(0, HEADER_BYTES)) === 0, "a packet that encodes to other bytes"),
  ),
  bytes("NTP client", right.PACKETS, acceptAnything, (verdict) =>
    verdict.kind === "accepted"
      ? unless(verdict.packet.mode === 4 && verdict.packet.stratum > 0 && verdict.packet.stratum < 16, "an accepted reply that is no time")
      : unless(REFUSALS.includes(verdict.reason), `the refusal ${verdict.reason}`),
  ),
  bytes("NTP responder", right.PACKETS, respond, (reply, input) =>
    unless(reply === null || (reply.length === HEADER_BYTES && reply.length <= input.length), "a reply longer than its request"),
  ),
  bytes("source probe", right.PACKETS, measure, (wrong) => wrong),
];

const MEMORY: Memory = { good: 8, lastReceive: right.T2 - 99n, unanswered: 0 };
const OUTSTANDING = makeRequest(MEMORY, right.NONCES, DEFAULT_CLIENT).outstanding;

function acceptAnything(input: Uint8Array) {
  return acceptReply(MEMORY, OUTSTANDING, input);
}

const SERVER = { leap: 0, stratum: 2, precision: -24, rootDelay: 0, rootDispersion: 0, refid: 1, reference: 1n };

function respond(input: Uint8Array): Uint8Array | null {
  const request = readRequest(input);
  const memory = new TransmitMemory(2);
  memory.remember(right.T2, right.T2 + 1n);
  return request === null ? null : makeReply(request, SERVER, right.T2, right.T2 + 9n, memory);
}

/** A whole source hears it as the reply to its request, and must give a bound that is one. */
function measure(input: Uint8Array): string | null {
  const probe = new SourceProbe({
    source: makeSource("192.0.2.1", 123, "declared"),
    drift: uncalibrated(ppb(200_000n)),
    sigma: ppb(2000n),
    client: { interleave: true, interleaveAfter: 0 },
    quality: { precision: -24, uncertainty: 1n, rootsRoundedUp: false },
    pollSeconds: 16,
    trusted: false,
    refidOf,
  });
  probe.resolved("192.0.2.1");
  const { outstanding } = probe.begin(right.NONCES);
  if (probe.consider(outstanding, input) === "drop") return null;
  const stamp = (at: bigint) => ({ raw: raw(at), cap: 50n });
  probe.finish(outstanding, { kind: "reply", bytes: input, t1: stamp(5_000_000_000n), t4: stamp(5_020_000_000n), mode: "kernel_basic" });
  const { interval, tight } = probe.facts(raw(6_000_000_000n));
  if (probe.pollSeconds < 1 || probe.pollSeconds > 3600) return `a poll every ${probe.pollSeconds} s`;
  return unless((interval === null || interval.lo <= interval.hi) && (tight === null || tight.lo <= tight.hi), "an interval that is none");
}
