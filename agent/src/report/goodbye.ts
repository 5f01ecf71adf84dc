import { GOODBYE_PATH, type Goodbye, GoodbyeReply, validator } from "@truebound/wire";
import type { ServerLink } from "./ports.ts";

const isReply = validator(GoodbyeReply);

/** An ephemeral host goes and says so. True = the server has retired it; else its silence will. */
export async function sayGoodbye(link: ServerLink, { agent, epoch, last_seq }: Omit<Goodbye, "version">): Promise<boolean> {
  const answer = await link.postSigned(GOODBYE_PATH, agent, { version: 1, agent, epoch, last_seq } satisfies Goodbye);
  return answer.kind === "answer" && answer.status === 200 && isReply.accepts(answer.body);
}
