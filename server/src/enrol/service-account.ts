import type { LabelSet } from "../policy/choose-policy.ts";
import { matchesPattern } from "./host-name.ts";

/** What a cluster's projected service account token must say. */
export interface ServiceAccountRules {
  readonly issuer: string;
  readonly audience: string;
  /** `system:serviceaccount:NAMESPACE:NAME`, where * stands for any run of characters. */
  readonly subjects: readonly string[];
  /** Whether the cluster's key of that id has signed the text by that algorithm. */
  readonly verify: (algorithm: Algorithm, keyId: string, text: string, signature: Uint8Array) => Verified;
}

export type Verified = "signed" | "not_signed" | "unknown_key";

/** None else is taken: `none` proves nothing, and HS256 would make a password of a public key. */
const ALGORITHMS = ["RS256", "ES256"] as const;
export type Algorithm = (typeof ALGORITHMS)[number];

/** The pod for which a token was made. */
export interface Pod {
  readonly uid: string;
  readonly name: string;
  readonly namespace: string;
  /** Where it runs; null = the cluster does not say. */
  readonly node: string | null;
}

/** These clocks are the cluster's and the database's, not the host's. */
const LEEWAY_S = 60;

/** The pod that a token vouches for (RFC 7519), or why it vouches for none. `nowS`: the database's clock, s since the epoch. */
export function readServiceAccount(token: string, rules: ServiceAccountRules, nowS: number): Pod | string {
  const [headerText = "", claimsText = "", signature = ""] = token.split(".");
  const header = decode(headerText);
  if (header === null) return "its header is no JSON";
  const trouble = signatureTrouble(header, `${headerText}.${claimsText}`, Buffer.from(signature, "base64url"), rules);
  if (trouble !== null) return trouble;
  const claims = decode(claimsText);
  if (claims === null) return "its claims are no JSON";
  return claimsTrouble(claims, rules, nowS) ?? podOf(claims);
}

type Json = Readonly<Record<string, unknown>>;

const isObject = (value: unknown): value is Json => typeof value === "object" && value !== null && !Array.isArray(value);

function decode(text: string): Json | null {
  try {
    const value: unknown = JSON.parse(Buffer.from(text, "base64url").toString("utf8"));
    return isObject(value) ? value : null;
  } catch {
    return null; // somebody made it up
  }
}

function signatureTrouble({ alg, kid, crit }: Json, text: string, signature: Uint8Array, { verify }: ServiceAccountRules): string | null {
  const algorithm = ALGORITHMS.find((one) => one === alg);
  if (algorithm === undefined) return `it is signed by ${said(alg)}, and only ${ALGORITHMS.join(" and ")} are taken`;
  if (crit !== undefined) return "it demands extensions that are not known here";
  if (typeof kid !== "string" || kid === "") return "it does not name the key that signed it (kid)";
  const verified = verify(algorithm, kid, text, signature);
  if (verified === "signed") return null;
  return verified === "unknown_key"
    ? `TRUEBOUND_KUBERNETES_JWKS_FILE holds no ${algorithm} key called ${said(kid)}: write the cluster's present keys there (kubectl get --raw /openid/v1/jwks)`
    : "its signature is not by the cluster's key";
}

function claimsTrouble({ iss, aud, sub, exp, nbf }: Json, rules: ServiceAccountRules, nowS: number): string | null {
  if (iss !== rules.issuer) return `its issuer is ${said(iss)}, not ${rules.issuer} (TRUEBOUND_KUBERNETES_ISSUER)`;
  if (!(Array.isArray(aud) ? aud : [aud]).includes(rules.audience))
    return `its audience is ${said(aud)}, not ${rules.audience}: name that in the projected volume, or set TRUEBOUND_KUBERNETES_AUDIENCE`;
  if (typeof sub !== "string" || !rules.subjects.some((pattern) => matchesPattern(sub, pattern)))
    return `its subject is ${said(sub)}, which TRUEBOUND_KUBERNETES_SUBJECTS does not allow`;
  if (typeof exp !== "number" || exp + LEEWAY_S <= nowS) return "it has expired by the database's clock";
  if (nbf !== undefined && (typeof nbf !== "number" || nbf - LEEWAY_S > nowS)) return "it is not valid yet by the database's clock";
  return null;
}

function podOf({ "kubernetes.io": kubernetes }: Json): Pod | string {
  const { namespace, pod, node } = isObject(kubernetes) ? kubernetes : {};
  if (!isName(namespace) || !isObject(pod) || !isName(pod.uid) || !isName(pod.name))
    return "it is bound to no pod: use a projected service account token, not one from a secret";
  return { uid: pod.uid, name: pod.name, namespace, node: isObject(node) && isName(node.name) ? node.name : null };
}

/** Names and uids of Kubernetes are DNS names at most. */
const isName = (value: unknown): value is string => typeof value === "string" && /^[A-Za-z0-9.-]{1,253}$/.test(value);

const said = (value: unknown): string => String(JSON.stringify(value)).slice(0, 200);

/** A host name may be cut to 63 characters, or bare of its domain; and a pod on the host's network has the node's. */
export const isPodName = ({ name, node }: Pod, wanted: string): boolean =>
  [name, node].some((known) => known !== null && [known, known.slice(0, 63), known.split(".")[0]].includes(wanted));

const LABEL_MAX = 200;

export const labelsOf = ({ namespace, name, node }: Pod): LabelSet => ({
  kubernetes_namespace: namespace.slice(0, LABEL_MAX),
  kubernetes_pod: name.slice(0, LABEL_MAX),
  ...(node === null ? {} : { kubernetes_node: node.slice(0, LABEL_MAX) }),
});
