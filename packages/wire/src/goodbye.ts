import Type, { type Static } from "typebox";
import { Natural, Uuid } from "./schema.ts";

export const GOODBYE_PATH = "/api/v1/goodbye";

/** An ephemeral host goes. It names the last batch that it knows of, and counts only while that is the latest. */
export const Goodbye = Type.Object(
  { version: Type.Literal(1), agent: Uuid, epoch: Natural, last_seq: Natural },
  { additionalProperties: false },
);
export type Goodbye = Static<typeof Goodbye>;

export const GoodbyeReply = Type.Object(
  { version: Type.Literal(1), agent: Uuid, state: Type.Literal("retired") },
  { additionalProperties: false },
);
export type GoodbyeReply = Static<typeof GoodbyeReply>;
