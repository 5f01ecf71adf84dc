import type { Action, ApiTokenView, Grant, PersonView, SignInMethod } from "@truebound/wire";

/** A person as sign-in knows them. */
export interface KnownPerson {
  readonly id: string;
  readonly name: string;
  readonly passwordHash: string | null;
  readonly grants: readonly Grant[];
}

export interface OidcPerson {
  readonly issuer: string;
  readonly subject: string;
  /** As people here are called. */
  readonly name: string;
  readonly grants: readonly Grant[];
}

export interface OpenSession {
  readonly person: KnownPerson;
}

export interface UsedToken {
  readonly id: string;
  readonly name: string;
  readonly grant: Grant;
  /** Null = nobody owns it. */
  readonly owner: readonly Grant[] | null;
}

export interface NewSession {
  readonly hash: Uint8Array;
  readonly person: string;
  readonly by: SignInMethod;
  readonly address: string | null;
}

/** Sessions, links and tokens. Their ages are judged by the database's clock alone; who is disabled is in none of them. */
export interface SessionStore {
  /** Enabled, by name. */
  person(name: string): Promise<KnownPerson | null>;
  begin(session: NewSession): Promise<void>;
  /** And marks that it was used, to the minute. */
  session(hash: Uint8Array): Promise<OpenSession | null>;
  end(hash: Uint8Array): Promise<void>;
  /** Uses a link up; null = there is none, it is used, or too old. */
  useLink(hash: Uint8Array): Promise<KnownPerson | null>;
  token(hash: Uint8Array): Promise<UsedToken | null>;
  /** Whom the provider says that it is, with these grants from now on; they are added where they are new. */
  oidcPerson(person: OidcPerson): Promise<KnownPerson | "name_taken" | "disabled">;
  /** Ends all other sessions of theirs. */
  setPassword(person: string, hash: string, but: Uint8Array | null): Promise<void>;
}

export interface PersonFacts {
  readonly name: string;
  readonly grants: readonly Grant[];
}

export interface PeopleStore {
  people(): Promise<PersonView[]>;
  /** Null = there is one of this name. */
  addPerson(facts: PersonFacts): Promise<PersonView | null>;
  /** Their sessions end with what they may do no more. Null = there is none; `last_admin` = nobody would be left to administer. */
  changePerson(
    idOrName: string,
    change: { readonly grants?: readonly Grant[]; readonly disabled?: boolean },
  ): Promise<PersonView | "last_admin" | null>;
  /** Null = there is none that is enabled. */
  addLink(idOrName: string, hash: Uint8Array, ttlSeconds: number): Promise<string | null>;
  /** How many sessions ended; null = there is no such person. */
  endSessions(idOrName: string): Promise<number | null>;
  tokens(): Promise<ApiTokenView[]>;
  addToken(token: {
    readonly hash: Uint8Array;
    readonly name: string;
    readonly owner: string | null;
    readonly grant: Grant;
    readonly days: number | null;
  }): Promise<ApiTokenView>;
  /** Null = there is none that could be used. */
  revokeToken(id: string): Promise<ApiTokenView | null>;
}

export interface NewAction {
  readonly actorKind: string;
  readonly actor: string;
  readonly operation: string;
  readonly target: string | null;
  /** Without secrets. */
  readonly detail: unknown;
  readonly address: string | null;
}

/** What was changed by whom; never altered. */
export interface ActionBook {
  record(action: NewAction): Promise<string>;
  outcome(id: string, status: number): Promise<void>;
  /** The latest first. */
  list(limit: number, before: string | null): Promise<Action[]>;
}
