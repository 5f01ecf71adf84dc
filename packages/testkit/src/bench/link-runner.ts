import { spawn } from "node:child_process";
import { fileURLToPath } from "node:url";
import { end, endWithUs } from "./children.ts";
import { type LinkAnswers, type LinkJob, type LinkReply, lastsFor } from "./link-job.ts";

const PROGRAM = fileURLToPath(new URL("./link-child.js", import.meta.url));
/** Beyond the seconds that a job measures. */
const PATIENCE_S = 60;

/** Runs one job in a process of its own, `inside` whatever that is. */
export async function runLinkJob<J extends LinkJob>(job: J, inside: readonly string[]): Promise<LinkAnswers[J["kind"]]> {
  const [command = process.execPath, ...rest] = [...inside, process.execPath, PROGRAM];
  const child = endWithUs(spawn(command, rest, { stdio: ["ignore", "inherit", "inherit", "ipc"], serialization: "advanced" }));
  try {
    const reply = await new Promise<LinkReply<J["kind"]>>((resolve) => {
      const patience = setTimeout(
        () => resolve({ failed: `no answer within ${lastsFor(job) + PATIENCE_S} s` }),
        (lastsFor(job) + PATIENCE_S) * 1000,
      );
      const answer = (one: LinkReply<J["kind"]>) => {
        clearTimeout(patience);
        resolve(one);
      };
      child.once("message", (message) => answer(message as LinkReply<J["kind"]>));
      child.once("error", (error) => answer({ failed: error.message }));
      child.once("exit", (code, signal) => answer({ failed: `ended by ${signal ?? `exit ${code}`}` }));
      child.send(job);
    });
    if ("failed" in reply) throw new Error(`Cannot measure ${job.kind} at ${job.endpoint.address}:${job.endpoint.port}: ${reply.failed}`);
    return reply.done;
  } finally {
    await end(child);
  }
}
