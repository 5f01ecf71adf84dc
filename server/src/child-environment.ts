import type { Environment } from "./config.ts";

const NOT_FOR_CHILDREN = new Set([
  "DATABASE_URL",
  "TRUEBOUND_DATABASE_URL_FILE",
  "TRUEBOUND_DATABASE_PASSWORD_FILE",
  "AWS_ACCESS_KEY_ID",
  "AWS_SECRET_ACCESS_KEY",
  "AWS_SESSION_TOKEN",
]);

/** Where the server of this process is, and the pins of its TLS keys; none = it speaks plain HTTP. */
export interface OwnServer {
  readonly agentsUrl: string;
  readonly pins: readonly string[];
}

/**
 * What a child of this process runs by. It needs no way into the database, nor into the archive. Its server's key it knows from here: what it
 * kept when it enrolled may be from before there was one, or from before it was changed.
 */
export function childEnvironment(environment: Environment, { agentsUrl, pins }: OwnServer): Environment {
  const rest = Object.fromEntries(Object.entries(environment).filter(([name]) => !NOT_FOR_CHILDREN.has(name)));
  return { ...rest, TRUEBOUND_SERVER_URL: agentsUrl, ...(pins.length === 0 ? {} : { TRUEBOUND_SERVER_PINS: pins.join(",") }) };
}
