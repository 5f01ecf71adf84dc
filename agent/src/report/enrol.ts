import { EnrolReply, type EnrolRequest, enrolText, Problem, validator } from "@truebound/wire";
import { askChallenge } from "./challenge.ts";
import type { HttpAnswer, Identity, ServerLink, Signer } from "./ports.ts";

export interface Applicant {
  /** null = the operator's list names this host's key. */
  readonly token: string | null;
  readonly name: string;
  readonly labels: Record<string, string>;
  readonly bootId: string;
  readonly software: string;
  readonly server: string;
  /** From the join token. */
  readonly pins: readonly string[];
}

export type EnrolOutcome =
  | { readonly kind: "enrolled"; readonly identity: Identity; readonly reply: EnrolReply }
  | { readonly kind: "refused"; readonly why: string }
  | { readonly kind: "try_again"; readonly why: string };

const isReply = validator(EnrolReply);
const isProblem = validator(Problem);

/** Proves possession of the key over a fresh challenge and the token. Nothing in it depends on anybody's clock. */
export async function enrol(link: ServerLink, signer: Signer, applicant: Applicant): Promise<EnrolOutcome> {
  const asked = await askChallenge(link);
  if (asked.kind !== "challenge") return declined(asked.answer);
  const { token, name, labels, bootId, software } = applicant;
  const shown = token === null ? {} : { token };
  const claim = { challenge: asked.challenge, ...shown, public_key: signer.publicKey, name };
  const signature = Buffer.from(signer.sign(enrolText(claim))).toString("base64url");
  const request: EnrolRequest = { version: 1, ...claim, signature, labels, boot_id: bootId, software };
  const answer = await link.post("/api/v1/enroll", request);
  if (answer.kind !== "answer" || answer.status !== 200 || !isReply.accepts(answer.body)) return declined(answer);
  const { agent, epoch, receipt_key: receiptKey, ephemeral = false, name: called = name } = answer.body;
  const { server, pins } = applicant;
  const publicKey = signer.publicKey;
  const identity: Identity = { version: 1, agent, server, epoch, receiptKey, pins, publicKey, name: called, fresh: true, ephemeral };
  return { kind: "enrolled", identity, reply: answer.body };
}

/** What its operator should know of the name by which a host came in; empty = it is the one that it asked for. */
export const nameTaken = ({ name }: Pick<EnrolReply, "name">): string =>
  name === undefined ? "" : `; another host has the name that it asked for, so this one is known as ${name}`;

function declined(answer: HttpAnswer): EnrolOutcome {
  if (answer.kind === "no_answer") return { kind: "try_again", why: answer.reason };
  const problem = isProblem.accepts(answer.body) ? answer.body : null;
  const why = problem ? `${problem.code}: ${problem.detail}` : `HTTP ${answer.status}`;
  return { kind: answer.status >= 500 || answer.status === 429 ? "try_again" : "refused", why };
}
