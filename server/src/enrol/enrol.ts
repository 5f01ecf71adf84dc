import type { UtcInstant } from "@truebound/time";
import { type Challenge, type EnrolReply, EnrolRequest, enrolText, genesisText, validator } from "@truebound/wire";
import { choosePolicy, withLeapList } from "../policy/choose-policy.ts";
import { isRefusal, type Refusal, refuse } from "../refusal.ts";
import { type Credential, type CredentialPorts, credentialOf, type Grant } from "./credential.ts";
import { networkOf } from "./failure-gate.ts";
import { nameCandidates } from "./host-name.ts";
import type { EnrolCrypto, Enrolment, EnrolStore, KnownHost } from "./ports.ts";

export interface EnrolPorts extends CredentialPorts {
  readonly store: EnrolStore;
  readonly crypto: EnrolCrypto;
  /** The leap list in force, as agents get it. */
  readonly leapList?: () => string;
  /** Raw public key by which replies are signed. */
  readonly receiptKey: Uint8Array;
}

const schema = validator(EnrolRequest);
const CHALLENGE_BYTES = 32;
const CHALLENGE_SECONDS = 60;

/** `address`: who asks, so that nobody can use up what all may have open. */
export async function giveChallenge({ store, crypto }: EnrolPorts, address: string | null): Promise<Challenge | Refusal> {
  const challenge = crypto.randomBytes(CHALLENGE_BYTES);
  if (!(await store.openChallenge(challenge, CHALLENGE_SECONDS, networkOf(address))))
    return refuse("rate", "Too many enrolments are under way from there or everywhere, try again in a minute");
  return { challenge: Buffer.from(challenge).toString("base64url"), expires_in_s: CHALLENGE_SECONDS };
}

/**
 * Lets a host in: it holds the key that it shows, over a challenge that we gave and nobody used, let in by a token that a person
 * made, by Kubernetes, or by a list that a person signed. Nothing depends on the time of the host. A token's use and the host's row are one transaction.
 */
export async function enrol(ports: EnrolPorts, body: unknown): Promise<EnrolReply | Refusal> {
  if (!schema.accepts(body)) return refuse("malformed", "The request is no enrolment", { errors: schema.errors(body) });
  const publicKey = Buffer.from(body.public_key, "base64url");
  if (!ports.crypto.verifyEd25519(publicKey, enrolText(body), Buffer.from(body.signature, "base64url")))
    return refuse("bad_signature", "The signature is not by the key that was sent");
  try {
    return await ports.store.enrol((enrolment) => decide(ports, enrolment, body, publicKey));
  } catch (error) {
    if (error instanceof Rollback) return error.refusal;
    throw error;
  }
}

/** Carries a refusal out of the transaction, so that what it had spent is given back. */
class Rollback extends Error {
  readonly refusal: Refusal;

  constructor(refusal: Refusal) {
    super(refusal.detail);
    this.refusal = refusal;
  }
}

async function decide(
  ports: EnrolPorts,
  enrolment: Enrolment,
  request: EnrolRequest,
  publicKey: Uint8Array,
): Promise<EnrolReply | Refusal> {
  // Spent even when the rest is refused: a challenge is for one try.
  const until = await enrolment.spendChallenge(Buffer.from(request.challenge, "base64url"));
  if (until === null) return refuse("bad_challenge", "The challenge is unknown, used or older than a minute");
  const credential = await credentialOf(ports, enrolment, request);
  if (isRefusal(credential)) return credential;
  const known = await enrolment.hostOfKey(publicKey);
  const applicant = { request, publicKey, credential, until };
  const place = await (known === null ? anew(ports, enrolment, applicant) : again(ports, enrolment, applicant, known));
  if (isRefusal(place)) return place;
  const { labels, rules } = await enrolment.policyOf(place.id);
  return {
    version: 1,
    agent: place.id,
    epoch: place.epoch,
    genesis: genesis(ports, place.id, place.epoch),
    state: place.state,
    receipt_key: Buffer.from(ports.receiptKey).toString("base64url"),
    policy: withLeapList(choosePolicy(labels, rules), ports.leapList?.()),
    ...(place.isEphemeral ? { ephemeral: true } : {}),
    ...(place.name === request.name ? {} : { name: place.name }),
  };
}

interface Applicant {
  readonly request: EnrolRequest;
  readonly publicKey: Uint8Array;
  readonly credential: Credential;
  /** Until when its challenge would have been valid. */
  readonly until: UtcInstant;
}

interface HostEpoch {
  readonly id: string;
  readonly epoch: number;
  readonly state: EnrolReply["state"];
  readonly isEphemeral: boolean;
  readonly name: string;
}

/** The key is known: the reply was lost and is given again, or the agent lost its place and a new token opens a new epoch. */
async function again(
  ports: EnrolPorts,
  enrolment: Enrolment,
  { request, publicKey, credential, until }: Applicant,
  known: KnownHost,
): Promise<HostEpoch | Refusal> {
  const { state, ephemeralHours } = known;
  if (state !== "active" && state !== "pending" && state !== "retired")
    return refuse(state === "revoked" ? "revoked" : "suspended", `The host of this key is ${state}`);
  const isSame = Buffer.compare(known.enrolledWith, credential.hash) === 0;
  if (state !== "retired" && known.nextSeq === 1 && isSame) return { ...known, state, isEphemeral: ephemeralHours !== null };
  if (reportedSince(known, until))
    return refuse("bad_challenge", `${known.name} has reported since this challenge was given: the request was late on its way; ask anew`);
  if (isSame && credential.isForOnce)
    return refuse(
      "bad_challenge",
      `It let ${known.name} in before, which has reported or retired since; truebound-agent enroll --request makes another`,
    );
  const grant = await credential.take(enrolment, publicKey);
  if (isRefusal(grant)) return grant;
  const epoch = known.epoch + 1;
  await enrolment.startEpoch(known.id, epoch, genesis(ports, known.id, epoch), credential.hash);
  if (state !== "retired") return { id: known.id, name: known.name, epoch, state, isEphemeral: ephemeralHours !== null };
  return { id: known.id, epoch, ...(await revive(enrolment, known.id, request.name, grant)) };
}

const CHALLENGE_NS = BigInt(CHALLENGE_SECONDS) * 1_000_000_000n;

/**
 * Its agent gave up waiting for an answer, asked again, and went on: a new epoch would leave it behind. A report of after the challenge's
 * end is of before the database's clock was set back.
 */
const reportedSince = ({ heardAt }: KnownHost, until: UtcInstant): boolean =>
  heardAt !== null && until - CHALLENGE_NS < heardAt && heardAt < until;

/** What was retired comes back as the token lets it in, as the host that it was. */
async function revive(enrolment: Enrolment, id: string, wish: string, grant: Grant): Promise<Omit<HostEpoch, "id" | "epoch">> {
  refuseOtherName(grant, wish);
  const { ephemeralHours } = grant;
  const state = grant.approval ? "pending" : "active";
  const name = await firstFree(wish, id, (candidate) => enrolment.revive(id, candidate, { state, ephemeralHours }));
  if (name !== wish) await enrolment.noteRenamed(id, wish, name);
  return { state, isEphemeral: ephemeralHours !== null, name };
}

async function anew(ports: EnrolPorts, enrolment: Enrolment, { request, publicKey, credential }: Applicant): Promise<HostEpoch | Refusal> {
  if (await enrolment.wasReplaced(publicKey))
    return refuse("bad_signature", "Another key took the place of this one: truebound-agent unenroll, then enroll anew");
  const grant = await credential.take(enrolment, publicKey);
  if (isRefusal(grant)) return grant;
  const { labels: imposed, ephemeralHours } = grant;
  refuseOtherName(grant, request.name);
  const id = ports.crypto.uuid();
  const state = grant.approval ? "pending" : "active";
  const host = {
    id,
    labels: { ...request.labels, ...imposed },
    publicKey,
    genesis: genesis(ports, id, 1),
    enrolledWith: credential.hash,
    bootId: request.boot_id,
    software: request.software,
    state,
    ephemeralHours,
  } as const;
  const name = await firstFree(request.name, id, (candidate) => enrolment.insertHost({ ...host, name: candidate }));
  if (name !== request.name) await enrolment.noteRenamed(id, request.name, name);
  return { id, epoch: 1, state, isEphemeral: ephemeralHours !== null, name };
}

/** The first name like the wish that nobody has. */
async function firstFree(wish: string, id: string, take: (name: string) => Promise<boolean>): Promise<string> {
  for (const name of nameCandidates(wish, id)) if (await take(name)) return name;
  throw new Rollback(refuse("bad_request", `Cannot find a free name like ${wish}`));
}

/** What was spent is given back: a host of the wrong name uses up nobody's token. */
function refuseOtherName(grant: Grant, name: string): void {
  const why = grant.whyNot(name);
  if (why !== null) throw new Rollback(refuse("bad_token", why));
}

const genesis = ({ crypto }: EnrolPorts, host: string, epoch: number): string =>
  Buffer.from(crypto.sha256(genesisText(host, epoch))).toString("hex");
