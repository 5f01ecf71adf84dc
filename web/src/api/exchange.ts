import { type Answer, failed, refusal } from "./answer.ts";
import { SIGNED_OUT } from "./held-csrf.ts";
import type { ServerClock } from "./server-clock.ts";

const PATIENCE_MS = 15_000;
const NO_CONTENT = 204;
const UNAUTHORIZED = 401;

/** One request under /api/v1. The type is the API's contract, which the server validates; the page only draws what it says. */
export async function exchange<T>(
  path: string,
  init: RequestInit,
  clock: ServerClock,
  signal?: AbortSignal,
  patience_ms = PATIENCE_MS,
): Promise<Answer<T>> {
  const url = new URL(path, window.location.origin).href;
  const patience = AbortSignal.timeout(patience_ms);
  const asked_ms = clock.elapsed_ms;
  let response: Response;
  try {
    response = await fetch(url, { ...init, signal: signal ? AbortSignal.any([signal, patience]) : patience });
  } catch (cause) {
    return failed({ kind: "unreachable", url, isTimeout: cause instanceof DOMException && cause.name === "TimeoutError" });
  }
  clock.told(response.headers.get("truebound-time"), asked_ms, Date.now());
  clock.heard(response.headers.get("date"));
  try {
    const body: unknown = response.status === NO_CONTENT ? null : await response.json();
    if (response.status === UNAUTHORIZED && !path.startsWith("/api/v1/sign-in")) window.dispatchEvent(new Event(SIGNED_OUT));
    return response.ok ? { ok: true, value: body as T } : failed(refusal(url, response.status, body, response.headers.get("retry-after")));
  } catch (cause) {
    return failed(
      response.ok
        ? { kind: "garbled", url, cause: textOf(cause) }
        : refusal(url, response.status, null, response.headers.get("retry-after")),
    );
  }
}

const textOf = (cause: unknown): string => (cause instanceof Error ? cause.message : String(cause));
