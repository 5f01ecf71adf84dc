import { type Agent as Connections, request } from "node:http";
import type { Signed } from "../fake-agent.ts";

/** Posts a delivery over connections that stay open; the status of the answer. */
export const postKept = (url: string, { headers, body }: Signed, agent: Connections): Promise<number> =>
  new Promise((resolve, reject) => {
    const options = { method: "POST", headers: { ...headers, "content-length": body.length }, agent };
    const sent = request(`${url}/api/v1/batches`, options, (answer) => {
      answer.resume();
      answer.once("end", () => resolve(answer.statusCode ?? 0));
    });
    sent.once("error", reject);
    sent.end(body);
  });
