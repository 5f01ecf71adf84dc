import type { Request, RequestHandler, Response } from "express";
import { type Actor, actorMay, LOCAL_ACTOR } from "../../access/actor.ts";
import { type AuthenticatePorts, authenticate } from "../../access/authenticate.ts";
import { authorise, type LabelsOf } from "../../access/authorise.ts";
import type { ActionBook } from "../../access/ports.ts";
import { redact } from "../../access/redact.ts";
import { ACCESS, type PeopleOperation } from "../../access/route-access.ts";
import type { SignIn } from "../../access/sign-in.ts";
import type { Log } from "../../log.ts";
import type { LabelSet } from "../../policy/choose-policy.ts";
import { isRefusal } from "../../refusal.ts";
import { addressOf } from "./address-of.ts";
import { sendProblem } from "./problem.ts";
import { sessionOf } from "./session-cookie.ts";

export interface AccessPorts extends AuthenticatePorts {
  readonly actions: Pick<ActionBook, "record" | "outcome">;
  readonly labelsOf: LabelsOf;
  /** A declared proxy says who asks. */
  readonly behindProxy: boolean;
  readonly signIn: Pick<SignIn, "tooMany">;
  readonly log: Log;
}

/** Who asks; nobody before `letIn` has looked. */
export const actorOf = (res: Response): Actor | null => (res.locals.actor as Actor | undefined) ?? null;

/** May they see a host with these labels? */
export const seesOf =
  (res: Response) =>
  (labels: LabelSet | null): boolean =>
    actorMay(actorOf(res) ?? NOBODY, "see", labels);

const NOBODY: Actor = { ...LOCAL_ACTOR, kind: "person", name: "nobody", grants: [] };

export const credentialsOf = (req: Request) => ({
  authorization: req.get("authorization") ?? null,
  session: sessionOf(req.get("cookie")),
});

/** Before the body is read: whoever may not do this sends it in vain. */
export const letIn =
  (ports: AccessPorts, operation: PeopleOperation): RequestHandler =>
  async (req, res, next) => {
    const access = ACCESS[operation];
    // What strangers try is written down: no more of it than they may try.
    const wait = access.needs === "anyone" && access.changes ? ports.signIn.tooMany(addressOf(req, ports.behindProxy)) : null;
    if (wait !== null) return sendProblem(res, wait);
    const actor = await authenticate(ports, credentialsOf(req));
    // Whoever signs in, or asks whether this server is alive, need not be anybody yet.
    if (isRefusal(actor) && access.needs !== "anyone") return sendProblem(res, actor);
    const known = isRefusal(actor) ? null : actor;
    const parameters = { ...req.query, ...req.params };
    const refusal = authorise(access, { actor: known, parameters, csrf: req.get("x-csrf-token") ?? null }, ports.labelsOf);
    if (refusal !== null) return sendProblem(res, refusal);
    res.locals.actor = known;
    next();
  };

/** The same one, with the same grants, as when they came in. */
export async function isStillIn(ports: AuthenticatePorts, req: Request, actor: Actor | null): Promise<boolean> {
  const now = await authenticate(ports, credentialsOf(req));
  return !isRefusal(now) && JSON.stringify(now) === JSON.stringify(actor);
}

/** After the body is read and before anything is done: who set out to do it. What cannot be written down is not done. */
export const writeDown =
  (ports: AccessPorts, operation: PeopleOperation): RequestHandler =>
  async (req, res, next) => {
    const { changes, signs } = ACCESS[operation];
    if (!changes) return next();
    const actor = actorOf(res);
    if (signs !== undefined && actor !== null && actor.kind !== "local" && isRecord(req.body)) req.body[signs] = actor.name;
    const id = await ports.actions.record({
      actorKind: actor?.kind ?? "nobody",
      actor: actor?.name ?? claimed(req),
      operation,
      target: Object.values(req.params).join(" ") || null,
      detail: redact(req.body),
      address: addressOf(req, ports.behindProxy),
    });
    res.once("close", () => {
      const status = res.writableFinished ? res.statusCode : 499;
      ports.actions.outcome(id, status).catch((error: unknown) => {
        ports.log.error(`Cannot write down what became of action ${id} (${operation}: ${status}): ${String(error)}`);
      });
    });
    next();
  };

const isRecord = (value: unknown): value is Record<string, unknown> => typeof value === "object" && value !== null && !Array.isArray(value);

/** As whom somebody tries to sign in. */
function claimed(req: Request): string {
  const name: unknown = isRecord(req.body) ? req.body.name : null;
  return typeof name === "string" ? name.slice(0, 120).replace(/[^\x20-\x7e]/g, "?") : "nobody";
}
