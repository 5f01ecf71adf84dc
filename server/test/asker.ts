import type { Me } from "@truebound/wire";

export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly body: Record<string, unknown>;
}

/** Somebody with a browser or a token, at the page of a server. */
export class Asker {
  readonly #url: string;
  #cookie: string | null = null;
  #csrf: string | null = null;
  readonly #token: string | null;

  constructor(url: string, token: string | null = null) {
    [this.#url, this.#token] = [url, token];
  }

  get cookie(): string | null {
    return this.#cookie;
  }

  async ask(method: string, path: string, body?: unknown, more: Record<string, string> = {}): Promise<Answer> {
    const headers: Record<string, string> = {
      ...(this.#cookie === null ? {} : { cookie: this.#cookie }),
      ...(this.#csrf === null ? {} : { "x-csrf-token": this.#csrf }),
      ...(this.#token === null ? {} : { authorization: `Bearer ${this.#token}` }),
      ...(body === undefined ? {} : { "content-type": "application/json" }),
      ...more,
    };
    const response = await fetch(`${this.#url}${path}`, {
      method,
      headers,
      redirect: "manual",
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const text = await response.text();
    const isJson = (response.headers.get("content-type") ?? "").includes("json");
    return { status: response.status, headers: response.headers, body: isJson ? (JSON.parse(text) as Record<string, unknown>) : { text } };
  }

  get = (path: string, more: Record<string, string> = {}) => this.ask("GET", path, undefined, more);
  post = (path: string, body: unknown = {}, more: Record<string, string> = {}) => this.ask("POST", path, body, more);

  /** Keeps what the server set, as a browser does. */
  async enter(path: string, body: unknown): Promise<Answer> {
    const answer = await this.post(path, body);
    const cookie = answer.headers.getSetCookie()[0];
    if (answer.status === 200 && cookie !== undefined) {
      this.#cookie = cookie.split(";")[0] ?? null;
      this.#csrf = (answer.body as unknown as Me).actor?.csrf ?? null;
    }
    return answer;
  }
}
