import type { LinkRequest, PasswordRequest, SignInMethod, SignInRequest } from "@truebound/wire";
import { FailureGate } from "../enrol/failure-gate.ts";
import { isRefusal, type Refusal, refuse } from "../refusal.ts";
import { checkPassword, hashPassword, type PasswordCrypto, passwordTrouble } from "./password.ts";
import type { KnownPerson, SessionStore } from "./ports.ts";
import { isSecret, newSecret, type SecretCrypto, secretHash } from "./secrets.ts";

export interface SignInPorts {
  readonly store: SessionStore;
  readonly crypto: SecretCrypto & PasswordCrypto;
  /** ms of a monotonic clock. */
  readonly now: () => number;
}

/** What the browser keeps. */
export interface Begun {
  readonly session: string;
  readonly person: KnownPerson;
}

const WRONG = "Cannot sign in: the name or the password is wrong";
const DEAD_LINK = "Cannot sign in by this link: it was used, or is older than it may be; ask for another one (truebound person link NAME)";

/** Lets people in, and slows down whoever guesses: ten refusals a minute from an address, and ten for a name. */
export class SignIn {
  readonly #ports: SignInPorts;
  readonly #addresses: FailureGate;
  readonly #names: FailureGate;

  constructor(ports: SignInPorts) {
    this.#ports = ports;
    [this.#addresses, this.#names] = [new FailureGate(ports.now), new FailureGate(ports.now)];
  }

  /** Why whoever comes from there may not try now; null = they may. */
  tooMany(address: string | null): Refusal | null {
    const wait = this.#addresses.waitSeconds(address);
    return wait === null ? null : tooMany(wait);
  }

  /** They were refused, whatever they tried. */
  failed(address: string | null): void {
    this.#addresses.refused(address, "bad_token");
  }

  async byPassword({ name, password }: SignInRequest, address: string | null): Promise<Begun | Refusal> {
    const { store, crypto } = this.#ports;
    const key = name.trim().toLowerCase();
    const wait = this.#addresses.waitSeconds(address) ?? this.#names.waitSeconds(nameKey(key));
    if (wait !== null) return tooMany(wait);
    const person = await store.person(key);
    const check = await checkPassword(crypto, password, person?.passwordHash ?? null);
    if (check === "busy") return refuse("unavailable", "Cannot sign in now: many people are at it; try again");
    if (check === "right" && person !== null) return this.begin(person, "password", address);
    this.#names.refused(nameKey(key), "bad_token");
    return this.#refused(address, WRONG);
  }

  async byLink({ secret }: LinkRequest, address: string | null): Promise<Begun | Refusal> {
    const { store, crypto } = this.#ports;
    const wait = this.#addresses.waitSeconds(address);
    if (wait !== null) return tooMany(wait);
    const person = isSecret(secret) ? await store.useLink(secretHash(crypto, secret)) : null;
    return person === null ? this.#refused(address, DEAD_LINK) : this.begin(person, "link", address);
  }

  /** Whoever has shown who they are. */
  async begin(person: KnownPerson, by: SignInMethod, address: string | null): Promise<Begun> {
    const { store, crypto } = this.#ports;
    const session = newSecret(crypto);
    await store.begin({ hash: secretHash(crypto, session), person: person.id, by, address });
    return { session, person };
  }

  /** Other sessions of theirs end: whoever else was in by the old one is out. */
  async changePassword(person: KnownPerson, session: string, request: PasswordRequest, address: string | null): Promise<null | Refusal> {
    const { store, crypto } = this.#ports;
    const trouble = passwordTrouble(request.new, person.name);
    if (trouble !== null) return refuse("malformed", trouble, { errors: [{ pointer: "/new", detail: trouble }] });
    const allowed = person.passwordHash === null ? null : await this.#knowsOld(person, request.old, address);
    if (isRefusal(allowed)) return allowed;
    const hash = await hashPassword(crypto, request.new);
    if (hash === null) return refuse("unavailable", "Cannot change the password now: many people are at it; try again");
    await store.setPassword(person.id, hash, secretHash(crypto, session));
    return null;
  }

  async #knowsOld({ name, passwordHash }: KnownPerson, old: string | null, address: string | null): Promise<null | Refusal> {
    const wait = this.#names.waitSeconds(nameKey(name));
    if (wait !== null) return tooMany(wait);
    const check = old === null ? "wrong" : await checkPassword(this.#ports.crypto, old, passwordHash);
    if (check === "right") return null;
    if (check === "busy") return refuse("unavailable", "Cannot change the password now: many people are at it; try again");
    this.#names.refused(nameKey(name), "bad_token");
    return this.#refused(address, "Cannot change the password: the old one is wrong");
  }

  #refused(address: string | null, detail: string): Refusal {
    this.failed(address);
    return refuse("not_signed_in", detail);
  }
}

/** A gate reads colons as those of an IPv6 address. */
const nameKey = (name: string): string => `name ${name.replaceAll(":", " ")}`;

const tooMany = (seconds: number): Refusal =>
  refuse("rate", `Cannot sign in for ${seconds} s: too many tries failed`, { retrySeconds: seconds });
