import { type EnrolRequest, isServiceAccountToken } from "@truebound/wire";
import type { LabelSet } from "../policy/choose-policy.ts";
import { type Refusal, refuse } from "../refusal.ts";
import { matchesPattern } from "./host-name.ts";
import type { EnrolCrypto, Enrolment } from "./ports.ts";
import { isPodName, labelsOf, type Pod, readServiceAccount, type ServiceAccountRules } from "./service-account.ts";
import { tokenHash } from "./token.ts";

/** What lets a host in, once it has been looked at: a token, what Kubernetes says of a pod, or the operator's list. */
export interface Credential {
  /** Kept with the host, so that an agent that lost the reply can show the same again. */
  readonly hash: Uint8Array;
  /** It lets a host in once, and never begins another epoch of the host that it let in. */
  readonly isForOnce?: true;
  /** What it permits to the holder of this key. Takes one use where uses are counted. */
  take(enrolment: Enrolment, publicKey: Uint8Array): Promise<Grant | Refusal>;
}

export interface Grant {
  /** Imposed on the host, whatever it says. */
  readonly labels: LabelSet;
  /** Null = the host may have this name; else why not. */
  whyNot(name: string): string | null;
  /** A person must let the host in. */
  readonly approval: boolean;
  /** null = the host stays. */
  readonly ephemeralHours: number | null;
}

/** Where hosts are let in by the operator's list. Null = this key is not listed under this name. */
export type HostListing = (name: string, publicKey: string) => Listed | null;

export interface Listed {
  readonly labels: LabelSet;
  /** A person looked at this very request, such as one in a file, and at no other. */
  readonly isOfThisRequest?: true;
}

export interface CredentialPorts {
  readonly crypto: Pick<EnrolCrypto, "sha256">;
  /** Absent = no service account tokens are taken. */
  readonly serviceAccounts?: ServiceAccountRules | null;
  /** Absent = there is no list. */
  readonly hostListing?: HostListing | null;
}

export async function credentialOf(ports: CredentialPorts, enrolment: Enrolment, request: EnrolRequest): Promise<Credential | Refusal> {
  const { token } = request;
  if (token === undefined) return listed(ports, request);
  if (!isServiceAccountToken(token)) return joinToken(ports, token);
  if (!ports.serviceAccounts)
    return refuse(
      "bad_token",
      "This server takes no service account tokens: set TRUEBOUND_KUBERNETES_JWKS_FILE on it, or use a join token",
    );
  const pod = readServiceAccount(token, ports.serviceAccounts, await enrolment.nowSeconds());
  return typeof pod === "string" ? refuse("bad_token", `This service account token lets nobody in: ${pod}`) : podsOwn(ports, pod);
}

function joinToken({ crypto }: CredentialPorts, token: string): Credential {
  const hash = tokenHash(crypto, token);
  return {
    hash,
    take: async (enrolment) => {
      const spent = await enrolment.spendToken(hash);
      if (spent === null) return refuse("bad_token", "The join token is unknown, used up or expired");
      const { namePattern: pattern } = spent;
      const whyNot = (name: string) =>
        pattern === null || matchesPattern(name, pattern) ? null : `This join token lets in hosts named like ${pattern}, not ${name}`;
      return { ...spent, whyNot };
    },
  };
}

/** Pods come and go. */
const POD_HOURS = 24;

/** One pod, one key: whoever else reads the pod's token within its hour gets nothing by it. */
function podsOwn({ crypto }: CredentialPorts, pod: Pod): Credential {
  const hash = crypto.sha256(`truebound-pod/1\n${pod.uid}`);
  const names = [pod.name, ...(pod.node === null ? [] : [pod.node])].join(" or ");
  return {
    hash,
    take: async (enrolment, publicKey) => {
      if (await enrolment.isUsedByAnother(hash, publicKey))
        return refuse(
          "bad_token",
          `Pod ${pod.name} has enrolled with another key: keep the agent's data folder on a volume that lasts as long as the pod, or replace the pod`,
        );
      return {
        labels: labelsOf(pod),
        whyNot: (name) =>
          isPodName(pod, name) ? null : `This service account token lets in ${names}, not ${name}: leave TRUEBOUND_HOST_NAME alone`,
        approval: false,
        ephemeralHours: POD_HOURS,
      };
    },
  };
}

function listed({ crypto, hostListing }: CredentialPorts, { name, public_key, signature }: EnrolRequest): Credential | Refusal {
  if (!hostListing)
    return refuse("bad_token", "This enrolment carries no join token, and no host list is set on this server (TRUEBOUND_HOST_LIST_FILE)");
  const entry = hostListing(name, public_key);
  if (entry === null)
    return refuse(
      "bad_token",
      `The host list does not name ${name} with the key ${public_key}: sign it anew with both, or use a join token`,
    );
  const { isOfThisRequest } = entry;
  return {
    hash: crypto.sha256(isOfThisRequest ? `truebound-carried/1\n${signature}` : `truebound-listed/1\n${name}\n${public_key}`),
    ...(isOfThisRequest ? { isForOnce: true } : {}),
    take: async () => ({ labels: entry.labels, whyNot: () => null, approval: false, ephemeralHours: null }),
  };
}
