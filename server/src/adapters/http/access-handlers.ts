import {
  ApiTokenRequest,
  LinkRequest,
  type Me,
  PasswordRequest,
  PersonChange,
  PersonRequest,
  SignInRequest,
  validator,
} from "@truebound/wire";
import type { Request, Response } from "express";
import type { Actor } from "../../access/actor.ts";
import {
  addApiToken,
  addPerson,
  askActions,
  askApiTokens,
  askPeople,
  changePerson,
  linkPerson,
  type PeopleQuestions,
  revokeApiToken,
  signOutPerson,
} from "../../access/administer-people.ts";
import { authenticate, personActor } from "../../access/authenticate.ts";
import type { SessionStore } from "../../access/ports.ts";
import { csrfOf, secretHash } from "../../access/secrets.ts";
import type { Begun, SignIn } from "../../access/sign-in.ts";
import { Nothing } from "../../query/routes.ts";
import { isRefusal, type Refusal, refuse } from "../../refusal.ts";
import { type AccessPorts, actorOf, credentialsOf } from "./access.ts";
import { addressOf } from "./address-of.ts";
import { answering, changing, type Handler } from "./asking.ts";
import { type OidcPorts, oidcHandlers } from "./oidc-handlers.ts";
import { noSessionCookie, sessionCookie, sessionOf } from "./session-cookie.ts";

export interface AccessHandlerPorts {
  readonly people: PeopleQuestions;
  readonly sessions: SessionStore;
  readonly signIn: SignIn;
  /** Null = none is set. */
  readonly provider: OidcPorts | null;
}

type Ports = AccessPorts & AccessHandlerPorts;

const BODIES = {
  SignInRequest: validator(SignInRequest),
  LinkRequest: validator(LinkRequest),
  PasswordRequest: validator(PasswordRequest),
  PersonRequest: validator(PersonRequest),
  PersonChange: validator(PersonChange),
  ApiTokenRequest: validator(ApiTokenRequest),
  Nothing: validator(Nothing),
};

/** Signing in, people and their tokens. */
export function accessHandlers(ports: Ports) {
  const { people } = ports;
  return {
    getMe: (req: Request, res: Response) => sayMe(ports, req, res),
    signIn: changing("signIn", BODIES.SignInRequest, async (_, said, res) =>
      entered(ports, res, await ports.signIn.byPassword(said, addressOf(res.req, ports.behindProxy))),
    ),
    signInByLink: changing("signInByLink", BODIES.LinkRequest, async (_, said, res) =>
      entered(ports, res, await ports.signIn.byLink(said, addressOf(res.req, ports.behindProxy))),
    ),
    ...oidcHandlers({ ...ports, oidcPorts: ports.provider, publicUrl: people.publicUrl }),
    signOut: changing("signOut", BODIES.Nothing, async (_, __, res) => left(ports, res)),
    changePassword: changing("changePassword", BODIES.PasswordRequest, (_, said, res) => passwordChanged(ports, res, said)),
    listPeople: answering("listPeople", () => askPeople(people)),
    addPerson: changing("addPerson", BODIES.PersonRequest, (_, said) => addPerson(people, said)),
    changePerson: changing("changePerson", BODIES.PersonChange, ({ id = "" }, said) => changePerson(people, id, said)),
    linkPerson: changing("linkPerson", BODIES.Nothing, ({ id = "" }) => linkPerson(people, id)),
    signOutPerson: changing("signOutPerson", BODIES.Nothing, ({ id = "" }) => signOutPerson(people, id)),
    listApiTokens: answering("listApiTokens", (_, res) => askApiTokens(people, asker(res))),
    addApiToken: changing("addApiToken", BODIES.ApiTokenRequest, (_, said, res) => addApiToken(people, asker(res), said)),
    revokeApiToken: changing("revokeApiToken", BODIES.Nothing, ({ id = "" }, _, res) => revokeApiToken(people, asker(res), id)),
    listActions: answering("listActions", (parameters) => askActions(people, parameters)),
  } satisfies Record<string, Handler>;
}

/** Paths for which somebody must have signed in have an asker. */
function asker(res: Response): Actor {
  const actor = actorOf(res);
  if (actor === null) throw new Error("Nobody asks this, and yet it was let in");
  return actor;
}

const meOf = ({ isOn, provider }: Ports, actor: Actor | null): Me => ({
  sign_in: isOn ? "on" : "off",
  oidc: provider && { name: provider.settings.name },
  actor: actor && { kind: actor.kind, name: actor.name, grants: [...actor.grants], csrf: actor.csrf },
});

async function sayMe(ports: Ports, req: Request, res: Response): Promise<void> {
  const actor = await authenticate(ports, credentialsOf(req));
  res.set("Cache-Control", "no-store").json(meOf(ports, isRefusal(actor) ? null : actor));
}

function entered(ports: Ports, res: Response, begun: Begun | Refusal): Me | Refusal {
  if (isRefusal(begun)) return begun;
  res.append("Set-Cookie", sessionCookie(begun.session));
  return meOf(ports, personActor(begun.person, csrfOf(ports.crypto, begun.session)));
}

async function left(ports: Ports, res: Response): Promise<Me> {
  const session = sessionOf(res.req.get("cookie"));
  if (session !== null) await ports.sessions.end(secretHash(ports.crypto, session));
  res.append("Set-Cookie", noSessionCookie);
  return meOf(ports, ports.isOn ? null : actorOf(res));
}

async function passwordChanged(ports: Ports, res: Response, said: PasswordRequest): Promise<Me | Refusal> {
  const [session, actor] = [sessionOf(res.req.get("cookie")), asker(res)];
  const open = session === null || actor.kind !== "person" ? null : await ports.sessions.session(secretHash(ports.crypto, session));
  if (session === null || open === null)
    return refuse("not_permitted", "Cannot change a password: only a person who has signed in has one");
  const refusal = await ports.signIn.changePassword(open.person, session, said, addressOf(res.req, ports.behindProxy));
  return refusal ?? meOf(ports, actor);
}
