import { existsSync } from "node:fs";
import { readOptions } from "@truebound/wire";
import { holderOf } from "../adapters/folder-lock.ts";
import { IdentityFiles } from "../adapters/identity-file.ts";
import { readMachine } from "../adapters/machine-files.ts";
import { ConfigError, type Environment, parseServer, readConfig } from "../config.ts";
import type { Identity } from "../report/ports.ts";
import { readBootId } from "./boot-id.ts";
import { join, readCredential } from "./join.ts";
import { discardForeign } from "./own-identity.ts";
import { KnownServer } from "./server-trust.ts";

export const ENROL_USAGE = `usage: truebound-agent enroll [--token-file FILE] [--server URL]
  Makes this host known to a server, once. The token is made there by truebound token create; it names the server
  and pins its key, so --server is only needed with a bare token. FILE may hold a pod's service account token instead;
  without any the server's host list must name this host's key (truebound-agent key). Then truebound-agent run reports.
  Once it is let in FILE is removed, also where the token lets in more hosts: give each host a copy.
  exit code: 0 enrolled, 1 not, 2 usage, 78 settings`;

export const UNENROL_USAGE = `usage: truebound-agent unenroll
  Forgets the server, this host's key and its policy; reports that were not delivered are kept aside in the data
  folder. On the server truebound host revoke NAME refuses whatever may still come by the old key.`;

const OPTIONS = { server: "text", "token-file": "text" } as const;

const say = (text: string, code: number): number => {
  process.stdout.write(`${text}\n`);
  return code;
};
const complain = (text: string, code: number): number => {
  process.stderr.write(`${text}\n`);
  return code;
};

/** `truebound-agent enroll`. Resolves to the exit code. */
export async function runEnrol(args: readonly string[], env: Environment): Promise<number> {
  if (args.includes("--help") || args.includes("-h")) return say(ENROL_USAGE, 0);
  const options = readOptions(args, OPTIONS);
  if (typeof options === "string") return complain(`${options}\n${ENROL_USAGE}`, 2);
  const [stray] = options.words;
  if (stray !== undefined) return complain(`Cannot take ${JSON.stringify(stray)}\n${ENROL_USAGE}`, 2);
  const config = { ...readConfig(env), tokenFile: options.values["token-file"] ?? (env.TRUEBOUND_TOKEN_FILE || null) };
  const files = new IdentityFiles(config.dataDir);
  const machine = readMachine();
  discardForeign(files, machine, (_, message) => complain(message, 0));
  const present = files.identity();
  if (present !== null && present.retired !== true)
    return complain(`Cannot enrol: this host is ${present.agent} at ${present.server} already; truebound-agent unenroll forgets that`, 1);
  const token = readCredential(config.tokenFile, config.serverPins);
  const server = serverOf(options.values.server ?? config.server?.href ?? token.server);
  const known = new KnownServer({ receiptKey: "", pins: token.pins }, (_, message) => complain(message, 0));
  known.learn({ receiptKey: null });
  const signer = files.signer();
  const link = known.linkTo(server, signer);
  const outcome = await join({ config, server, token, link, signer, files, bootId: readBootId(), machine });
  link.close();
  if (outcome.kind !== "enrolled") return complain(`Cannot enrol at ${server.href}: ${outcome.why}`, 1);
  const next = outcome.reply.state === "pending" ? "; a person must let it in there: truebound host approve" : "";
  const gone =
    config.tokenFile !== null && !existsSync(config.tokenFile) ? `; ${config.tokenFile} was removed, for a token is a secret` : "";
  return say(`Enrolled at ${server.href} as ${outcome.identity.agent}${next}${gone}`, 0);
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
  if (identity === null) return complain("Cannot rotate this host's key: it is not enrolled; truebound-agent enroll makes it known", 1);
  const { publicKey } = files.nextKey().signer();
  return say(`Made the next key, ${publicKey}; truebound-agent run agrees on it with ${identity.server} at its next report`, 0);
}

/** `truebound-agent key`: what a host list names this host by. */
export const runKey = (env: Environment): number => say(new IdentityFiles(readConfig(env).dataDir).signer().publicKey, 0);

/** `truebound-agent unenroll`. */
export function runUnenrol(env: Environment): number {
  const { dataDir } = readConfig(env);
  const files = new IdentityFiles(dataDir);
  const running = holderOf(dataDir, readBootId());
  if (running !== null)
    return complain(`Cannot forget who this host is while truebound-agent runs on ${dataDir}, as process ${running}; stop it first`, 1);
  const identity = knownAs(files);
  files.forget();
  return identity === null
    ? say("This host was not enrolled", 0)
    : say(
        `Forgot ${identity.server}, where this host was ${identity.agent}; refuse its old key there: truebound host revoke ${identity.agent}`,
        0,
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
