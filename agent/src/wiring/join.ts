import { readFileSync, rmSync } from "node:fs";
import { type JoinToken, parseJoinToken } from "@truebound/wire";
import type { IdentityFiles } from "../adapters/identity-file.ts";
import { type Config, ConfigError } from "../config.ts";
import { type EnrolOutcome, enrol } from "../report/enrol.ts";
import type { Machine } from "../report/machine.ts";
import type { ServerLink, Signer } from "../report/ports.ts";
import { VERSION } from "../version.ts";

export interface Joining {
  readonly config: Config;
  readonly server: URL;
  readonly token: JoinToken;
  readonly link: ServerLink;
  readonly signer: Signer;
  readonly files: IdentityFiles;
  readonly bootId: string;
  readonly machine: Machine;
}

/** One try to enrol. What comes of it is kept before the token's file goes. */
export async function join({ config, server, token, link, signer, files, bootId, machine }: Joining): Promise<EnrolOutcome> {
  const outcome = await enrol(link, signer, {
    token: token.secret,
    name: config.name,
    labels: config.labels,
    bootId,
    software: `truebound-agent/${VERSION}`,
    server: server.href,
    pins: token.pins,
  });
  if (outcome.kind !== "enrolled") return outcome;
  const identity = { ...outcome.identity, machine };
  files.keep(identity);
  if (config.tokenFile !== null && !config.keepTokenFile) rmSync(config.tokenFile, { force: true });
  return { ...outcome, identity };
}

/** The token of a file, or what is wrong with it. */
export function readToken(tokenFile: string | null): JoinToken {
  if (tokenFile === null) throw new ConfigError("Cannot enrol without a token: set TRUEBOUND_TOKEN_FILE to a file that holds one");
  const token = parseJoinToken(read(tokenFile));
  if (token === null)
    throw new ConfigError(`Cannot read the join token in ${tokenFile}: it is none; truebound token create, on the server, prints one`);
  return token;
}

function read(tokenFile: string): string {
  try {
    return readFileSync(tokenFile, "utf8");
  } catch (error) {
    throw new ConfigError(`Cannot read the join token in ${tokenFile}: ${(error as Error).message}`);
  }
}
