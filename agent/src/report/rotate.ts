import { Problem, ROTATE_PATH, RotateReply, type RotateRequest, rotateText, validator } from "@truebound/wire";
import { askChallenge } from "./challenge.ts";
import type { HttpAnswer, ServerLink, Signer } from "./ports.ts";

export type RotateOutcome =
  /** Both keys are good; from now on the next one may be used. */
  | { readonly kind: "agreed" }
  /** The present key goes on; asked again later. */
  | { readonly kind: "not_now"; readonly why: string };

const isReply = validator(RotateReply);
const isProblem = validator(Problem);

/** Has the server take `next` beside the key in use. Asked twice it answers twice the same. `link` signs by the key in use. */
export async function agreeOnKey(link: ServerLink, agent: string, present: Signer, next: Signer): Promise<RotateOutcome> {
  const asked = await askChallenge(link);
  if (asked.kind !== "challenge") return notNow(asked.answer);
  const change = { challenge: asked.challenge, agent, public_key: next.publicKey };
  const text = rotateText(change);
  const request: RotateRequest = { version: 1, ...change, old_signature: signed(present, text), new_signature: signed(next, text) };
  const answer = await link.postSigned(ROTATE_PATH, agent, request);
  if (answer.kind !== "answer" || answer.status !== 200 || !isReply.accepts(answer.body)) return notNow(answer);
  return answer.body.public_key === next.publicKey ? { kind: "agreed" } : { kind: "not_now", why: "the server names another key" };
}

const signed = (signer: Signer, text: string): string => Buffer.from(signer.sign(text)).toString("base64url");

function notNow(answer: HttpAnswer): RotateOutcome {
  if (answer.kind === "no_answer") return { kind: "not_now", why: answer.reason };
  const why = isProblem.accepts(answer.body) ? `${answer.body.code}: ${answer.body.detail}` : `HTTP ${answer.status}`;
  return { kind: "not_now", why };
}
