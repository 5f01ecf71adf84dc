import type { Grant } from "@truebound/wire";
import type { OidcSettings } from "../people-settings.ts";
import { type Refusal, refuse } from "../refusal.ts";
import type { OidcPerson } from "./ports.ts";

/** What a browser keeps while its person is at the provider. It is bound to that browser, and of no use in another one. */
export interface OidcAttempt {
  readonly state: string;
  readonly nonce: string;
  readonly verifier: string;
  /** Path to come back to. */
  readonly to: string;
}

/** What the provider vouches for. */
export interface OidcClaims {
  readonly iss: string;
  readonly sub: string;
  readonly [claim: string]: unknown;
}

export interface OidcProvider {
  /** Where to send the browser. */
  begin(to: string): Promise<{ readonly url: string; readonly attempt: OidcAttempt } | Refusal>;
  /** `url`: as the provider sent the browser back. */
  finish(url: URL, attempt: OidcAttempt): Promise<OidcClaims | Refusal>;
}

/** The person of these claims, called and entitled as here; or why they are none. */
export function personOf(claims: OidcClaims, { roles, groupsClaim }: OidcSettings): OidcPerson | Refusal {
  const name = nameOf(claims);
  if (name === null)
    return refuse(
      "not_permitted",
      "Cannot sign in: the provider names nobody by preferred_username or email in letters that a name here may have",
    );
  const grants = grantsOf(claims[groupsClaim], roles);
  if (grants.length > 0) return { issuer: claims.iss, subject: claims.sub, name, grants };
  return refuse(
    "not_permitted",
    `Cannot sign in: ${name} is in none of the groups that have a role here (claim ${JSON.stringify(groupsClaim)})`,
  );
}

const NAME = /^[a-z0-9][a-z0-9._@+-]{0,119}$/;

function nameOf({ preferred_username, email }: OidcClaims): string | null {
  const words = [preferred_username, email].filter((word) => typeof word === "string").map((word) => word.trim().toLowerCase());
  return words.find((word) => NAME.test(word)) ?? null;
}

/** One group, or a list of them. */
function grantsOf(said: unknown, roles: OidcSettings["roles"]): Grant[] {
  const groups = Array.isArray(said) ? said : [said];
  return [...new Set(roles.filter(({ group }) => groups.includes(group)).map(({ role }) => role))].map((role) => ({ role, labels: {} }));
}

/** Within this page alone: an address that leads elsewhere would let anybody send people there by our name. */
export const safePath = (to: string | undefined): string =>
  to !== undefined && /^\/(?![/\\])[\x21-\x7e]{0,2000}$/.test(`${to}`) ? to : "/";

export const whyNot = (found: "name_taken" | "disabled", name: string): Refusal =>
  found === "disabled"
    ? refuse("not_permitted", `Cannot sign in: ${name} is kept out; truebound person enable ${name} lets them in`)
    : refuse("not_permitted", `Cannot sign in: there is another person called ${name} here, who signs in without this provider`);
