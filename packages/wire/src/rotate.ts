import Type, { type Static } from "typebox";
import { base64url, Uuid } from "./schema.ts";

export const ROTATE_PATH = "/api/v1/enroll/key";

/** An agent's next key, over a challenge of the server's: the present key vouches for it, and it proves itself. */
export const RotateRequest = Type.Object(
  {
    version: Type.Literal(1),
    agent: Uuid,
    challenge: base64url(32),
    /** Raw Ed25519 public key: the next one. */
    public_key: base64url(32),
    /** Ed25519 by the present key over `rotateText`. */
    old_signature: base64url(64),
    /** Ed25519 by the next key over the same. */
    new_signature: base64url(64),
  },
  { additionalProperties: false },
);
export type RotateRequest = Static<typeof RotateRequest>;

/** Both keys are good from now on; the old one until the first batch that the next one signed is stored. */
export const RotateReply = Type.Object(
  { version: Type.Literal(1), agent: Uuid, public_key: base64url(32) },
  { additionalProperties: false },
);
export type RotateReply = Static<typeof RotateReply>;

/** The text under both signatures of a change of keys. */
export const rotateText = ({ challenge, agent, public_key }: Pick<RotateRequest, "challenge" | "agent" | "public_key">): string =>
  ["truebound-key/1", challenge, agent, public_key].join("\n");
