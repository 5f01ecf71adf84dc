import { existsSync } from "node:fs";
import { holderOf } from "../adapters/folder-lock.ts";
import { IdentityFiles } from "../adapters/identity-file.ts";
import { toStderr, toStdout } from "../adapters/log-stream.ts";
import { readMachine } from "../adapters/machine-files.ts";
import { ConfigError, type Environment, parseServer, readConfig } from "../config.ts";
import { hintOf, optionsOf } from "../help/help.ts";
import { nameTaken } from "../report/enrol.ts";
import type { Identity } from "../report/ports.ts";
import { readBootId } from "./boot-id.ts";
import { takeJoinAnswer, writeJoinRequest } from "./carrier.ts";
import { join, readCredential } from "./join.ts";
import { discardForeign } from "./own-identity.ts";
import { KnownServer } from "./server-trust.ts";

const OPTIONS = { server: "text", "token-file": "text", request: "text", answer: "text" } as const;

/** What was done. */
const say = (text: string): number => {
  toStdout("info", text);
  return 0;
};
const complain = (text: string): number => {
  toStderr("error", text);
  return 1;
};

/** `truebound-agent enroll`. Resolves to the exit code. */
export async function runEnrol(args: readonly string[], env: Environment): Promise<number> {
  const options = optionsOf("enroll", args, OPTIONS);
  if (typeof options === "string") {
    process.stderr.write(`${options}\n${hintOf("enroll")}\n`);
    return 2;
  }
  const { request, answer } = options.values;
  if (request !== undefined && answer !== undefined) return complain("Cannot write a request and take an answer at once");
  if (request !== undefined) return writeJoinRequest(request, env);
  if (answer !== undefined) return takeJoinAnswer(answer, env);
  const config = { ...readConfig(env), tokenFile: options.values["token-file"] ?? (env.TRUEBOUND_TOKEN_FILE || null) };
  const files = new IdentityFiles(config.dataDir);
  const machine = readMachine();
  discardForeign(files, machine, toStderr);
  const present = files.identity();
  if (present !== null && present.retired !== true)
    return complain(`Cannot enrol: this host is ${present.agent} at ${present.server} already; truebound-agent unenroll forgets that`);
  const token = readCredential(config.tokenFile, config.serverPins);
  const server = serverOf(options.values.server ?? config.server?.href ?? token.server);
  const known = new KnownServer({ receiptKey: "", pins: token.pins }, toStderr, { proxy: config.proxy });
  known.learn({ receiptKey: null });
  const signer = files.signer();
  const link = known.linkTo(server, signer);
  const outcome = await join({ config, server, token, link, signer, files, bootId: readBootId(), machine });
  link.close();
  if (outcome.kind !== "enrolled") return complain(`Cannot enrol at ${server.href}: ${outcome.why}`);
  const next = outcome.reply.state === "pending" ? "; a person must let it in there: truebound host approve" : "";
  const gone =
    config.tokenFile !== null && !existsSync(config.tokenFile) ? `; ${config.tokenFile} was removed, for a token is a secret` : "";
  return say(`Enrolled at ${server.href} as ${outcome.identity.agent}${nameTaken(outcome.reply)}${next}${gone}`);
}

function serverOf(text: string | null | undefined): URL {
  if (text === null || text === undefined)
    throw new ConfigError(
      "Cannot enrol: no join token names the server; say it with --server URL, or give a whole token with --token-file FILE",
    );
  const url = parseServer(text);
  if (typeof url === "string") throw new ConfigError(`Cannot enrol at "${text}": ${url}`);
  return url;
}

/** `truebound-agent rotate`: makes the next key and leaves the rest to the agent that runs, for only one may change keys. */
export function runRotate(env: Environment): number {
  const files = new IdentityFiles(readConfig(env).dataDir);
  const identity = files.identity();
  if (identity === null) return complain("Cannot rotate this host's key: it is not enrolled; truebound-agent enroll makes it known");
  const { publicKey } = files.nextKey().signer();
  return say(`Made the next key, ${publicKey}; truebound-agent run agrees on it with ${identity.server} at its next report`);
}

/** `truebound-agent key`: what a host list names this host by. */
export function runKey(env: Environment): number {
  process.stdout.write(`${new IdentityFiles(readConfig(env).dataDir).signer().publicKey}\n`);
  return 0;
}

/** `truebound-agent unenroll`. */
export function runUnenrol(env: Environment): number {
  const { dataDir } = readConfig(env);
  const files = new IdentityFiles(dataDir);
  const running = holderOf(dataDir, readBootId());
  if (running !== null)
    return complain(`Cannot forget who this host is while truebound-agent runs on ${dataDir}, as process ${running}; stop it first`);
  const identity = knownAs(files);
  files.forget();
  return identity === null
    ? say("This host was not enrolled")
    : say(
        `Forgot ${identity.server}, where this host was ${identity.agent}; refuse its old key there: truebound host revoke ${identity.agent}`,
      );
}

/** A file that cannot be read can still be forgotten. */
function knownAs(files: IdentityFiles): Identity | null {
  try {
    return files.identity();
  } catch (error) {
    if (error instanceof ConfigError) return null;
    throw error;
  }
}
