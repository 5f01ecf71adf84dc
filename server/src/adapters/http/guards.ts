import type { RequestHandler } from "express";
import { refuse } from "../../refusal.ts";
import { sendProblem } from "./problem.ts";

/** How people reach this listener. */
export interface Reach {
  /** Beside the names of the loopback; null = by those alone. Without a path. */
  readonly publicUrl: string | null;
  /** Browsers come by TLS: this listener's own, or a declared proxy's. */
  readonly isSecure: boolean;
  /** Nothing is answered to whoever has neither a session nor an API token. */
  readonly signIn: boolean;
}

const LOCAL = /^(localhost|127\.0\.0\.1|\[::1\])(:\d{1,5})?$/i;
const READING = new Set(["GET", "HEAD", "OPTIONS"]);

/** What a kubelet or a balancer asks of the address that it found, and what no page gains by. */
const PROBES = new Set(["/livez", "/readyz"]);

/**
 * A page on the internet can make a browser talk to this machine under a name of its own; it cannot make it say ours, nor send an
 * API token that it does not know. So a program that reads by one, as a Prometheus does that found an address, may call us anything.
 */
export const knownHostOnly =
  ({ publicUrl, signIn }: Reach): RequestHandler =>
  (req, res, next) => {
    const host = req.get("host") ?? "";
    const isOurs = LOCAL.test(host) || (publicUrl !== null && host.toLowerCase() === new URL(publicUrl).host);
    const readsByToken = signIn && READING.has(req.method) && req.get("authorization") !== undefined;
    if (isOurs || readsByToken || PROBES.has(req.path)) next();
    else sendProblem(res, refuse("forbidden_host", `Reach this page as ${publicUrl ?? "localhost, 127.0.0.1 or [::1]"}`));
  };

/** Nothing may be changed from a page of another origin. Programs send no Origin. */
export const ownOriginOnly =
  ({ publicUrl, isSecure }: Reach): RequestHandler =>
  (req, res, next) => {
    const origin = req.get("origin");
    const own = [`http${isSecure ? "s" : ""}://${req.get("host")}`, publicUrl === null ? null : new URL(publicUrl).origin];
    // Older programs send none of the two; a browser that sends either cannot be made to lie in it.
    const isForeign = origin === undefined ? req.get("sec-fetch-site") === "cross-site" : !own.includes(origin);
    if (READING.has(req.method) || !isForeign) next();
    else sendProblem(res, refuse("forbidden_origin", "A page of another origin may change nothing here"));
  };
