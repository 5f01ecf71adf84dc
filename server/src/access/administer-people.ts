import type {
  Action,
  ActionList,
  ApiTokenList,
  ApiTokenMade,
  ApiTokenRequest,
  ApiTokenView,
  LinkMade,
  PersonChange,
  PersonList,
  PersonRequest,
  PersonView,
} from "@truebound/wire";
import { type Refusal, refuse } from "../refusal.ts";

import { type Actor, actorMay } from "./actor.ts";
import { covers } from "./grants.ts";
import type { ActionBook, PeopleStore } from "./ports.ts";
import { newApiToken, newSecret, type SecretCrypto, secretHash } from "./secrets.ts";

export interface PeopleQuestions {
  readonly store: PeopleStore;
  readonly actions: Pick<ActionBook, "list">;
  readonly crypto: SecretCrypto;
  /** Where people reach the page, without a path. */
  readonly publicUrl: () => string;
}

export const LINK_TTL_S = 600;

const nobody = (word: string): Refusal =>
  refuse("not_found", `There is no person ${JSON.stringify(word.slice(0, 60))} who may sign in; truebound person list shows all`);

export const askPeople = async ({ store }: PeopleQuestions): Promise<PersonList> => ({ items: await store.people(), next: null });

export async function addPerson({ store }: PeopleQuestions, facts: PersonRequest): Promise<PersonView | Refusal> {
  const added = await store.addPerson(facts);
  return added ?? refuse("read_only", `Cannot add ${facts.name}: there is a person of this name; change what they may do instead`);
}

export async function changePerson({ store }: PeopleQuestions, word: string, change: PersonChange): Promise<PersonView | Refusal> {
  const changed = await store.changePerson(word, change);
  if (changed === null) return nobody(word);
  if (changed !== "last_admin") return changed;
  return refuse("read_only", "Cannot do this: nobody would be left who administers the whole fleet; make somebody else an admin first");
}

/** The secret stands behind the #: browsers send that to nobody, and no proxy writes it down. */
export async function linkPerson({ store, crypto, publicUrl }: PeopleQuestions, word: string): Promise<LinkMade | Refusal> {
  const secret = newSecret(crypto);
  const name = await store.addLink(word, secretHash(crypto, secret), LINK_TTL_S);
  return name === null ? nobody(word) : { url: `${publicUrl()}/sign-in#link=${secret}`, expires_in_s: LINK_TTL_S };
}

export async function signOutPerson({ store }: PeopleQuestions, word: string): Promise<{ readonly ended: number } | Refusal> {
  const ended = await store.endSessions(word);
  return ended === null ? nobody(word) : { ended };
}

/** All for whoever administers; one's own for anybody else. */
export async function askApiTokens({ store }: PeopleQuestions, actor: Actor): Promise<ApiTokenList> {
  const all = await store.tokens();
  return { items: all.filter((token) => isTheirs(actor, token)), next: null };
}

const isTheirs = (actor: Actor, { owner }: ApiTokenView): boolean =>
  actorMay(actor, "administer", null) || (actor.kind === "person" && owner === actor.name);

/** A token makes no tokens: one that leaked would outlive its own end. */
export async function addApiToken(
  { store, crypto }: PeopleQuestions,
  actor: Actor,
  { name, grant, expires_in_days: days }: ApiTokenRequest,
): Promise<ApiTokenMade | Refusal> {
  if (actor.kind === "token") return refuse("not_permitted", "Cannot make an API token by an API token: sign in");
  if (!covers(actor.grants, grant))
    return refuse("not_permitted", `Cannot make this API token: ${actor.name} may not do all that it could; name a lesser role, or labels`);
  const token = newApiToken(crypto);
  const view = await store.addToken({ hash: secretHash(crypto, token), name, owner: actor.id, grant, days });
  return { token, view };
}

export async function revokeApiToken(questions: PeopleQuestions, actor: Actor, id: string): Promise<ApiTokenView | Refusal> {
  const { items } = await askApiTokens(questions, actor);
  const theirs = items.some((token) => token.id === id);
  const revoked = theirs ? await questions.store.revokeToken(id) : null;
  return revoked ?? refuse("not_found", `There is no API token ${JSON.stringify(id.slice(0, 60))} that could be revoked`);
}

const LIMIT_MAX = 1000;

export async function askActions(
  { actions }: PeopleQuestions,
  { limit: said = "200", after }: { readonly limit?: string; readonly after?: string },
): Promise<ActionList | Refusal> {
  const limit = /^\d{1,4}$/.test(said) ? Number(said) : 0;
  if (limit < 1 || limit > LIMIT_MAX)
    return refuse("bad_request", `Cannot use limit ${JSON.stringify(said.slice(0, 60))}: 1 to ${LIMIT_MAX}`);
  if (after !== undefined && !/^[1-9]\d{0,17}$/.test(after))
    return refuse("bad_request", "Cannot continue from this cursor: it is none that this list gave");
  const found: readonly Action[] = await actions.list(limit + 1, after ?? null);
  const items = found.slice(0, limit);
  return { items, next: found.length > limit ? (items.at(-1)?.id ?? null) : null };
}
