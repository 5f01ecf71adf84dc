import { readFileSync, rmSync } from "node:fs";
import { isServiceAccountToken, parseJoinToken } from "@truebound/wire";
import { type Config, ConfigError } from "../config.ts";
import { type EnrolOutcome, enrol } from "../report/enrol.ts";
import type { Machine } from "../report/machine.ts";
import type { ServerLink, Signer } from "../report/ports.ts";
import { VERSION } from "../version.ts";
import type { IdentityFolder } from "./papers.ts";

/** What an agent shows to be let in, and what it knows of the server by it. */
export interface Credential {
  /** null = nothing: the operator's list names this host's key. */
  readonly secret: string | null;
  readonly pins: readonly string[];
  readonly server: string | null;
}

export interface Joining {
  readonly config: Pick<Config, "name" | "labels" | "tokenFile" | "keepTokenFile">;
  readonly server: URL;
  readonly token: Credential;
  readonly link: ServerLink;
  readonly signer: Signer;
  readonly files: Pick<IdentityFolder, "keep">;
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
  if (config.tokenFile !== null && isSpent(config, token)) rmSync(config.tokenFile, { force: true });
  return { ...outcome, identity };
}

/** Kubernetes writes a pod's token anew in its place, on a volume that nobody else may write. */
const isSpent = ({ keepTokenFile }: Pick<Config, "keepTokenFile">, { secret }: Credential): boolean =>
  !keepTokenFile && secret !== null && !isServiceAccountToken(secret);

/** What the file holds, or what is wrong with it. No file = the list must do. `pins`: by which the server is known where a token names none. */
export function readCredential(tokenFile: string | null, pins: readonly string[]): Credential {
  if (tokenFile === null) return { secret: null, pins, server: null };
  const token = parseJoinToken(read(tokenFile));
  if (token === null)
    throw new ConfigError(`Cannot read the join token in ${tokenFile}: it is none; truebound token create, on the server, prints one`);
  return token.pins.length > 0 ? token : { ...token, pins };
}

function read(tokenFile: string): string {
  try {
    return readFileSync(tokenFile, "utf8");
  } catch (error) {
    throw new ConfigError(`Cannot read the join token in ${tokenFile}: ${(error as Error).message}`);
  }
}
