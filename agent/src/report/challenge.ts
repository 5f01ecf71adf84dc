import { Challenge, validator } from "@truebound/wire";
import type { HttpAnswer, ServerLink } from "./ports.ts";

const isChallenge = validator(Challenge);

/** A random number of the server's, to be signed once; or what it answered instead. */
export async function askChallenge(
  link: ServerLink,
): Promise<{ readonly kind: "challenge"; readonly challenge: string } | { readonly kind: "none"; readonly answer: HttpAnswer }> {
  const answer = await link.post("/api/v1/enroll/challenge", {});
  return answer.kind === "answer" && answer.status === 200 && isChallenge.accepts(answer.body)
    ? { kind: "challenge", challenge: answer.body.challenge }
    : { kind: "none", answer };
}
