import { type Refusal, refuse } from "../refusal.ts";
import { type Actor, LOCAL_ACTOR } from "./actor.ts";
import type { KnownPerson, SessionStore } from "./ports.ts";
import { csrfOf, isApiToken, isSecret, type SecretCrypto, secretHash } from "./secrets.ts";

export interface Credentials {
  /** The Authorization header; null = none. */
  readonly authorization: string | null;
  /** The session's cookie; null = none. */
  readonly session: string | null;
}

export interface AuthenticatePorts {
  readonly store: Pick<SessionStore, "session" | "token">;
  readonly crypto: SecretCrypto;
  readonly isOn: boolean;
}

/** Who asks. Null = nobody who is known; a token that is wrong is refused, for a program would else not notice. */
export async function authenticate({ store, crypto, isOn }: AuthenticatePorts, credentials: Credentials): Promise<Actor | null | Refusal> {
  const { authorization, session } = credentials;
  if (authorization !== null) return byToken(store, crypto, authorization);
  if (!isOn) return LOCAL_ACTOR;
  if (session === null || !isSecret(session)) return null;
  const open = await store.session(secretHash(crypto, session));
  return open && personActor(open.person, csrfOf(crypto, session));
}

export const personActor = ({ id, name, grants }: KnownPerson, csrf: string): Actor => ({
  kind: "person",
  id,
  name,
  grants,
  owner: null,
  csrf,
});

async function byToken(store: Pick<SessionStore, "token">, crypto: SecretCrypto, authorization: string): Promise<Actor | Refusal> {
  const [, given] = /^Bearer +(\S+) *$/i.exec(authorization) ?? [];
  if (given === undefined || !isApiToken(given))
    return refuse("not_signed_in", "Cannot use this Authorization header: send Bearer and an API token, tb_…");
  const token = await store.token(secretHash(crypto, given));
  if (token === null)
    return refuse("not_signed_in", "Cannot use this API token: there is none like it, it was revoked, or it is past its time");
  return { kind: "token", id: token.id, name: token.name, grants: [token.grant], owner: token.owner, csrf: null };
}
