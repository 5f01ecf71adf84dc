import type { Request, Response } from "express";
import { type OidcAttempt, type OidcProvider, personOf, safePath, whyNot } from "../../access/oidc.ts";
import type { SessionStore } from "../../access/ports.ts";
import type { SignIn } from "../../access/sign-in.ts";
import type { Log } from "../../log.ts";
import type { OidcSettings } from "../../people-settings.ts";
import { isRefusal, type Refusal, refuse } from "../../refusal.ts";
import { addressOf } from "./address-of.ts";
import { type Handler, parametersOf } from "./asking.ts";
import { sendProblem } from "./problem.ts";
import { attemptCookie, attemptOf, noAttemptCookie, sessionCookie } from "./session-cookie.ts";

export interface OidcPorts {
  readonly settings: OidcSettings;
  readonly provider: OidcProvider;
}

interface Ports {
  readonly oidcPorts: OidcPorts | null;
  readonly sessions: SessionStore;
  readonly signIn: SignIn;
  readonly behindProxy: boolean;
  /** As people reach this server. */
  readonly publicUrl: () => string;
  readonly log: Log;
}

const NO_PROVIDER = refuse("not_found", "Nobody signs in by a provider here: none is set (TRUEBOUND_OIDC_ISSUER)");

/** To the provider, and back from it. */
export function oidcHandlers(ports: Ports) {
  return {
    startOidc: async (req, res) => {
      const parameters = parametersOf(req, ["to"]);
      if (isRefusal(parameters)) return sendProblem(res, parameters);
      const begun = ports.oidcPorts === null ? NO_PROVIDER : await ports.oidcPorts.provider.begin(safePath(parameters.to));
      if (isRefusal(begun)) return told(res, begun, ports.log);
      res.append("Set-Cookie", attemptCookie(begun.attempt)).set("Cache-Control", "no-store").redirect(303, begun.url);
    },
    finishOidc: async (req, res) => {
      const attempt = attemptOf(req.get("cookie"));
      res.append("Set-Cookie", noAttemptCookie).set("Cache-Control", "no-store");
      const session = await enter(ports, req, attempt);
      if (isRefusal(session) && session !== NO_PROVIDER) ports.signIn.failed(addressOf(req, ports.behindProxy));
      if (isRefusal(session) || attempt === null) return told(res, isRefusal(session) ? session : NO_ATTEMPT, ports.log);
      res.append("Set-Cookie", sessionCookie(session)).redirect(303, safePath(attempt.to));
    },
  } satisfies Record<string, Handler>;
}

const NO_ATTEMPT = refuse("bad_request", "Cannot sign in: this browser did not begin it here, or more than ten minutes ago; begin again");

async function enter(ports: Ports, req: Request, attempt: OidcAttempt | null): Promise<string | Refusal> {
  if (ports.oidcPorts === null) return NO_PROVIDER;
  if (attempt === null) return NO_ATTEMPT;
  const { provider, settings } = ports.oidcPorts;
  const claims = await provider.finish(new URL(req.originalUrl, ports.publicUrl()), attempt);
  const wanted = isRefusal(claims) ? claims : personOf(claims, settings);
  if (isRefusal(wanted)) return wanted;
  const person = await ports.sessions.oidcPerson(wanted);
  if (typeof person === "string") return whyNot(person, wanted.name);
  return (await ports.signIn.begin(person, "oidc", addressOf(req, ports.behindProxy))).session;
}

/** A person looks at this, not a program; what an address says anybody can make up, so it carries no words. */
function told(res: Response, refusal: Refusal, log?: Log): void {
  if (refusal !== NO_PROVIDER) log?.warn(refusal.detail);
  res.set("Cache-Control", "no-store");
  if (refusal === NO_PROVIDER || !(res.req.get("accept") ?? "").includes("text/html")) sendProblem(res, refusal);
  else res.redirect(303, `/sign-in?trouble=${refusal.refused}`);
}
