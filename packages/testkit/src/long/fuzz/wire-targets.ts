import { nextStep, parseSource } from "@truebound/agent";
import { derive, parseSent, readBatch, readClaim } from "@truebound/server";
import { utc } from "@truebound/time";
import { Challenge, EnrolReply, EnrolRequest, Policy, validator } from "@truebound/wire";
import type { SeededRandom } from "../../sim/random.ts";
import * as right from "./examples.ts";
import { bentBytes, bentJson } from "./mutate.ts";
import { sourcesProblem } from "./sources.ts";
import { type FuzzTarget, json, text, unless } from "./target.ts";

/** What agent and server say to each other: a batch, and what stands around it. */
export const wireTargets: readonly FuzzTarget[] = [
  { name: "batch of evidence", kind: "bytes", draw: drawBatch, feed: takeBatch },
  json("policy", [right.POLICY], readPolicy, (wrong) => wrong),
  json("receipt and problem", [right.RECEIPT, right.PROBLEM], (body) => [200, 409, 500].map((status) => answer(status, body)), nonNegative),
  json("enrolment", [right.ENROL_REQUEST, right.ENROL_REPLY, right.CHALLENGE], checkEnrolment, (wrong) => wrong),
  text("RFC 9421 headers", right.SIGNED_HEADERS, claimOf, (claim) =>
    unless(!("signature" in claim) || (claim.signature.length === 64 && Number.isSafeInteger(claim.seq)), "a claim that no batch can make"),
  ),
  text("sent header", [`${right.AGENT_ID} 5000000000`], parseSent, (sent) =>
    unless(sent === null || (sent.boottime >= 0n && sent.boottime < 10n ** 18n), "a BOOTTIME that no host has"),
  ),
];

function drawBatch(random: SeededRandom): Uint8Array {
  const whole = new TextEncoder().encode(JSON.stringify(bentJson(random, [right.BATCH])));
  return random.next() < 0.15 ? bentBytes(random, [whole]) : whole;
}

const SENT = { bootId: "boot", boottime: 6_000_000_000n };
const BEFORE = { bootId: "boot", at: 1_795_000_000_000_000_000n };
const FAR = 2n ** 63n;

/** What is accepted must also be placed in time and rolled up, and fit the columns in which it is kept. */
function takeBatch(input: Uint8Array): string | null {
  const content = readBatch(input, right.AGENT_ID);
  if ("faults" in content) return unless(content.faults.length > 0 && content.faults.length <= 8, "a refusal without a fault");
  const { minutes, latest, firstUtc, lastUtc } = derive(content, utc(1_795_000_100_000_000_000n), SENT, BEFORE);
  const kept = [firstUtc, lastUtc, latest?.at ?? 0n, latest?.bound?.lo ?? 0n, latest?.bound?.hi ?? 0n];
  if (minutes.length > 0 && latest === null) return "minutes of no reading";
  return unless(
    kept.every((value) => value === null || (value > -FAR && value < FAR)),
    "an instant that no column holds",
  );
}

const policies = validator(Policy);

/** A policy that is accepted names sources that can be told of. */
function readPolicy(value: unknown): string | null {
  if (!policies.accepts(value)) return unless(policies.errors(value).length > 0, "a refusal without a fault");
  const named = (value.sources ?? []).map((one) => parseSource(one)).filter((one) => typeof one !== "string");
  return sourcesProblem(named);
}

const answer = (status: number, body: unknown) => nextStep({ kind: "answer", status, body, retryAfterSeconds: null }, 3, 0.5);

function nonNegative(steps: readonly ReturnType<typeof nextStep>[]): string | null {
  const bad = steps.find((step) => {
    if ("seconds" in step) return !(step.seconds > 0 && step.seconds <= 99_999);
    return "expected" in step && !(step.expected >= 0);
  });
  return bad === undefined ? null : `the step ${bad.do} of no time or place`;
}

const enrolment = [validator(EnrolRequest), validator(EnrolReply), validator(Challenge)];

function checkEnrolment(value: unknown): string | null {
  const silent = enrolment.find((schema) => !schema.accepts(value) && schema.errors(value).length === 0);
  return unless(silent === undefined, "a refusal without a fault");
}

function claimOf(input: string) {
  const headers = new Map(input.split("\n").map((line) => [line.split(": ", 1)[0] ?? "", line.slice(line.indexOf(": ") + 2)]));
  return readClaim({
    schemes: ["http"],
    address: null,
    host: headers.get("host") ?? "",
    header: (name) => headers.get(name),
  });
}
