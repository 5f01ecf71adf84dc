import type { Grant, Me } from "@truebound/wire";
import type { Answer, Failure } from "./answer.ts";
import { getJson } from "./get-json.ts";
import { holdCsrf, SIGNED_OUT } from "./held-csrf.ts";
import { postJson } from "./post-json.ts";
import type { ServerClock } from "./server-clock.ts";

/** Who looks at this page. Without an answer the views are drawn all the same, and say themselves what they cannot have. */
export type SessionState =
  | { readonly kind: "asking" }
  | { readonly kind: "unknown"; readonly failure: Failure }
  | { readonly kind: "out"; readonly oidc: Me["oidc"] }
  | { readonly kind: "in"; readonly actor: NonNullable<Me["actor"]>; readonly signIn: Me["sign_in"] };

/** One for the page. A request that is refused for want of a session makes it look again. */
export class Session {
  readonly #clock: ServerClock;
  readonly #listeners = new Set<(state: SessionState) => void>();
  #state: SessionState = { kind: "asking" };

  constructor(clock: ServerClock) {
    this.#clock = clock;
    window.addEventListener(SIGNED_OUT, () => void this.look());
  }

  get state(): SessionState {
    return this.#state;
  }

  subscribe(listener: (state: SessionState) => void): () => void {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }

  async look(): Promise<void> {
    this.#take(await getJson<Me>("/api/v1/me", this.#clock));
  }

  byPassword = (name: string, password: string): Promise<Answer<Me>> => this.#enter("/api/v1/sign-in", { name, password });
  byLink = (secret: string): Promise<Answer<Me>> => this.#enter("/api/v1/sign-in/link", { secret });
  leave = (): Promise<Answer<Me>> => this.#enter("/api/v1/sign-out", {});
  changePassword = (old: string | null, wanted: string): Promise<Answer<Me>> =>
    postJson<Me>("/api/v1/me/password", { old, new: wanted }, this.#clock);

  async #enter(path: string, body: object): Promise<Answer<Me>> {
    const answer = await postJson<Me>(path, body, this.#clock);
    if (answer.ok) this.#take(answer);
    return answer;
  }

  #take(answer: Answer<Me>): void {
    if (!answer.ok) return this.#state.kind === "in" ? undefined : this.#become({ kind: "unknown", failure: answer.failure });
    const { actor, oidc, sign_in: signIn } = answer.value;
    holdCsrf(actor?.csrf ?? null);
    this.#become(actor === null ? { kind: "out", oidc } : { kind: "in", actor, signIn });
  }

  #become(state: SessionState): void {
    this.#state = state;
    for (const listener of this.#listeners) listener(state);
  }
}

/** Whether the server will let them, as far as the page can tell beforehand; it is the server that decides. */
export const hasRole = (state: SessionState, ...roles: readonly Grant["role"][]): boolean =>
  state.kind === "in" && state.actor.grants.some(({ role }) => roles.includes(role));
