import { readFileSync } from "node:fs";
import * as client from "openid-client";
import type { OidcAttempt, OidcClaims, OidcProvider } from "../access/oidc.ts";
import type { Log } from "../log.ts";
import type { OidcSettings } from "../people-settings.ts";
import { type Refusal, refuse } from "../refusal.ts";
import { StartupError } from "./embedded-postgres/index.ts";

const PATIENCE_S = 10;

/** Authorization code with PKCE (RFC 7636), by openid-client. The provider is looked up when the first person comes, and again until it answers. */
export function oidcProvider(settings: OidcSettings, returnUrl: () => string, log: Log): OidcProvider {
  const secret = settings.secretFile === null ? undefined : readSecret(settings.secretFile);
  let known: Promise<client.Configuration> | null = null;
  const configuration = (): Promise<client.Configuration> => {
    known ??= discover(settings, secret).catch((error: unknown) => {
      known = null;
      throw error;
    });
    return known;
  };
  const trouble = (error: unknown): Refusal => {
    log.warn(`Signing in by ${settings.issuer} failed: ${wordsOf(error)}`);
    return refuse("unavailable", `Cannot sign in by ${settings.name} now: it does not answer as it should; the server's log says more`);
  };
  return {
    begin: async (to) => {
      try {
        return await beginning(await configuration(), returnUrl(), to);
      } catch (error) {
        return trouble(error);
      }
    },
    finish: async (url, attempt) => {
      try {
        return await finished(await configuration(), url, attempt);
      } catch (error) {
        if (error instanceof client.AuthorizationResponseError)
          return refuse("not_permitted", `Cannot sign in: ${settings.name} says ${error.error}`);
        return trouble(error);
      }
    },
  };
}

function readSecret(file: string): string {
  try {
    return readFileSync(file, "utf8").trim();
  } catch (cause) {
    throw new StartupError(`Cannot read TRUEBOUND_OIDC_CLIENT_SECRET_FILE ${file}: ${wordsOf(cause)}`, 78, { cause });
  }
}

function discover({ issuer, clientId }: OidcSettings, secret: string | undefined): Promise<client.Configuration> {
  const url = new URL(issuer);
  // Only on the loopback: the settings refuse all else.
  const execute = url.protocol === "http:" ? [client.allowInsecureRequests] : [];
  const authentication = secret === undefined ? client.None() : client.ClientSecretBasic(secret);
  return client.discovery(url, clientId, undefined, authentication, { execute, timeout: PATIENCE_S });
}

async function beginning(configuration: client.Configuration, redirectUri: string, to: string) {
  const attempt = { state: client.randomState(), nonce: client.randomNonce(), verifier: client.randomPKCECodeVerifier(), to };
  const url = client.buildAuthorizationUrl(configuration, {
    redirect_uri: redirectUri,
    scope: "openid profile email groups",
    state: attempt.state,
    nonce: attempt.nonce,
    code_challenge: await client.calculatePKCECodeChallenge(attempt.verifier),
    code_challenge_method: "S256",
  });
  return { url: url.href, attempt };
}

async function finished(configuration: client.Configuration, url: URL, { state, nonce, verifier }: OidcAttempt): Promise<OidcClaims> {
  const tokens = await client.authorizationCodeGrant(configuration, url, {
    expectedState: state,
    expectedNonce: nonce,
    pkceCodeVerifier: verifier,
    idTokenExpected: true,
  });
  const claims = tokens.claims();
  if (claims === undefined) throw new Error("The provider sent no ID token");
  // Some say of groups, or of the name, only where they are asked for it.
  const more =
    configuration.serverMetadata().userinfo_endpoint === undefined
      ? {}
      : await client.fetchUserInfo(configuration, tokens.access_token, claims.sub);
  return { ...more, ...claims };
}

const wordsOf = (error: unknown): string => (error instanceof Error ? `${error.message}${causeOf(error)}` : String(error));
const causeOf = ({ cause }: Error): string => (cause instanceof Error ? ` (${cause.message})` : "");
