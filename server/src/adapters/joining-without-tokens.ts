import type { Config } from "../config.ts";
import type { CredentialPorts } from "../enrol/credential.ts";
import { readHostList } from "../enrol/host-list.ts";
import type { Log } from "../log.ts";
import { readJwks, verifyByJwks } from "./crypto/jwks.ts";
import { nodeCrypto } from "./crypto/node-crypto.ts";
import { WatchedFile } from "./watched-file.ts";

export type JoiningSettings = Pick<Config, "kubernetes" | "hostList">;

/** Who comes in without a person, as the files say now: they are looked at with every enrolment. */
export function joiningWithoutTokens({ kubernetes, hostList }: JoiningSettings, log: Log): Omit<CredentialPorts, "crypto"> {
  return {
    serviceAccounts: kubernetes === null ? null : clusterRules(kubernetes, log),
    hostListing: hostList === null ? null : listing(hostList, log),
  };
}

function clusterRules({ jwksFile, issuer, audience, subjects }: NonNullable<Config["kubernetes"]>, log: Log) {
  const keys = new WatchedFile(jwksFile, "TRUEBOUND_KUBERNETES_JWKS_FILE", readJwks, log);
  const verify = (...[algorithm, keyId, text, signature]: DropFirst<Parameters<typeof verifyByJwks>>) =>
    verifyByJwks(keys.value, algorithm, keyId, text, signature);
  return { issuer, audience, subjects, verify };
}

type DropFirst<T extends readonly unknown[]> = T extends readonly [unknown, ...infer Rest] ? Rest : never;

function listing({ file, key }: NonNullable<Config["hostList"]>, log: Log): NonNullable<CredentialPorts["hostListing"]> {
  const operatorKey = Buffer.from(key, "base64url");
  const list = new WatchedFile(file, "TRUEBOUND_HOST_LIST_FILE", (text) => readHostList(text, operatorKey, nodeCrypto), log);
  return (name, publicKey) => list.value(name, publicKey);
}
