import { type Challenge, type EnrolReply, EnrolRequest, enrolText, genesisText, validator } from "@truebound/wire";
import { choosePolicy, withLeapList } from "../policy/choose-policy.ts";
import { isRefusal, type Refusal, refuse } from "../refusal.ts";
import { networkOf } from "./failure-gate.ts";
import { matchesPattern, nameCandidates } from "./host-name.ts";
import type { EnrolCrypto, Enrolment, EnrolStore, KnownHost, SpentToken } from "./ports.ts";
import { tokenHash } from "./token.ts";

export interface EnrolPorts {
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
 * Lets a host in: it holds the key that it shows, over a challenge that we gave and nobody used, with a token that a person
 * made. Nothing depends on the time of the host. A token's use and the host's row are one transaction.
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
  if (!(await enrolment.spendChallenge(Buffer.from(request.challenge, "base64url"))))
    return refuse("bad_challenge", "The challenge is unknown, used or older than a minute");
  const hash = tokenHash(ports.crypto, request.token);
  const known = await enrolment.hostOfKey(publicKey);
  const place = known ? await again(ports, enrolment, known, request, hash) : await anew(ports, enrolment, request, publicKey, hash);
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
  };
}

type HostEpoch = { readonly id: string; readonly epoch: number; readonly state: EnrolReply["state"]; readonly isEphemeral: boolean };

/** The key is known: the reply was lost and is given again, or the agent lost its place and a new token opens a new epoch. */
async function again(
  ports: EnrolPorts,
  enrolment: Enrolment,
  known: KnownHost,
  { name }: EnrolRequest,
  hash: Uint8Array,
): Promise<HostEpoch | Refusal> {
  const { state, ephemeralHours } = known;
  if (state !== "active" && state !== "pending" && state !== "retired")
    return refuse(state === "revoked" ? "revoked" : "suspended", `The host of this key is ${state}`);
  if (state !== "retired" && known.nextSeq === 1 && Buffer.compare(known.enrolledWith, hash) === 0)
    return { ...known, state, isEphemeral: ephemeralHours !== null };
  const grant = await enrolment.spendToken(hash);
  if (grant === null) return badToken;
  const epoch = known.epoch + 1;
  await enrolment.startEpoch(known.id, epoch, genesis(ports, known.id, epoch), hash);
  if (state !== "retired") return { id: known.id, epoch, state, isEphemeral: ephemeralHours !== null };
  return { id: known.id, epoch, ...(await revive(enrolment, known.id, name, grant)) };
}

/** What was retired comes back as the token lets it in, as the host that it was. */
async function revive(
  enrolment: Enrolment,
  id: string,
  wish: string,
  grant: SpentToken,
): Promise<Pick<HostEpoch, "state" | "isEphemeral">> {
  refuseOtherName(grant, wish);
  const { ephemeralHours } = grant;
  const state = grant.approval ? "pending" : "active";
  for (const name of nameCandidates(wish, id))
    if (await enrolment.revive(id, name, { state, ephemeralHours })) return { state, isEphemeral: ephemeralHours !== null };
  throw noFreeName(wish);
}

async function anew(
  ports: EnrolPorts,
  enrolment: Enrolment,
  request: EnrolRequest,
  publicKey: Uint8Array,
  hash: Uint8Array,
): Promise<HostEpoch | Refusal> {
  if (await enrolment.wasReplaced(publicKey))
    return refuse("bad_signature", "Another key took the place of this one: truebound-agent unenroll, then enroll anew");
  const grant = await enrolment.spendToken(hash);
  if (grant === null) return badToken;
  const { labels: imposed, ephemeralHours } = grant;
  refuseOtherName(grant, request.name);
  const id = ports.crypto.uuid();
  const state = grant.approval ? "pending" : "active";
  const host = {
    id,
    labels: { ...request.labels, ...imposed },
    publicKey,
    genesis: genesis(ports, id, 1),
    tokenHash: hash,
    bootId: request.boot_id,
    software: request.software,
    state,
    ephemeralHours,
  } as const;
  for (const name of nameCandidates(request.name, id))
    if (await enrolment.insertHost({ ...host, name })) return { id, epoch: 1, state, isEphemeral: ephemeralHours !== null };
  throw noFreeName(request.name);
}

/** What was spent is given back: a host of the wrong name uses up nobody's token. */
function refuseOtherName({ namePattern }: SpentToken, name: string): void {
  if (namePattern !== null && !matchesPattern(name, namePattern))
    throw new Rollback(refuse("bad_token", `This join token lets in hosts named like ${namePattern}, not ${name}`));
}

const noFreeName = (wish: string): Rollback => new Rollback(refuse("bad_request", `Cannot find a free name like ${wish}`));

const badToken = refuse("bad_token", "The join token is unknown, used up or expired");

const genesis = ({ crypto }: EnrolPorts, host: string, epoch: number): string =>
  Buffer.from(crypto.sha256(genesisText(host, epoch))).toString("hex");
