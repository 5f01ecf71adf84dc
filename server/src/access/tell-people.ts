import type { Action, ApiTokenView, Grant, PersonView } from "@truebound/wire";
import type { Told } from "../admin/admin.ts";
import { sayLabels } from "../admin/labels.ts";
import { isRefusal, type Refusal } from "../refusal.ts";
import { LOCAL_ACTOR } from "./actor.ts";
import { addApiToken, addPerson, changePerson, linkPerson, type PeopleQuestions, signOutPerson } from "./administer-people.ts";
import type { PersonCommand } from "./person-requests.ts";
import type { ActionBook } from "./ports.ts";

export interface TellPeoplePorts extends PeopleQuestions {
  readonly actions: ActionBook;
  /** Whoever types, as the operating system knows them. */
  readonly user: string;
}

const READING: ReadonlySet<PersonCommand["do"]> = new Set(["list_people", "list_tokens", "list_actions"]);

/** `truebound person …`, `api-token …` and `action …`. What changes something is written down first. */
export async function tellPeople(ports: TellPeoplePorts, command: PersonCommand): Promise<Told> {
  if (READING.has(command.do)) return tell(ports, command);
  const { do: operation, ...detail } = command;
  const target = "name" in command ? command.name : "id" in command ? command.id : null;
  const id = await ports.actions.record({ actorKind: "command line", actor: ports.user, operation, target, detail, address: null });
  const told = await tell(ports, command);
  await ports.actions.outcome(id, told.code === 0 ? 200 : 409);
  return told;
}

async function tell(ports: TellPeoplePorts, command: PersonCommand): Promise<Told> {
  switch (command.do) {
    case "list_people":
      return listed(await ports.store.people(), command.json, personLine, "Nobody may sign in yet: truebound person add NAME --role admin");
    case "list_tokens":
      return listed(await ports.store.tokens(), command.json, tokenLine, "There is no API token");
    case "list_actions":
      return listed(await ports.actions.list(command.limit, null), command.json, actionLine, "Nothing was changed yet");
    case "add_person":
      return added(ports, command);
    case "grant":
      return granted(ports, command.name, command.grant);
    case "disable":
    case "enable":
      return changed(await changePerson(ports, command.name, { disabled: command.do === "disable" }));
    case "link":
      return linked(ports, command.name, "");
    case "sign_out":
      return signedOut(ports, command.name);
    case "add_token":
      return tokenMade(ports, command);
    case "revoke_token":
      return revoked(ports, command.id);
    default:
      return command satisfies never;
  }
}

const told = (err: string, out = ""): Told => ({ code: 0, out, err: `${err}\n` });
const refused = ({ detail }: Refusal): Told => ({ code: 1, out: "", err: `${detail}\n` });

function listed<T>(items: readonly T[], json: boolean, line: (item: T) => string, none: string): Told {
  if (json) return { code: 0, out: `${JSON.stringify(items, null, 2)}\n`, err: "" };
  return items.length === 0 ? told(none) : { code: 0, out: items.map((item) => `${line(item)}\n`).join(""), err: "" };
}

const sayGrant = ({ role, labels }: Grant): string => `${role}${sayLabels(labels)}`;
const sayGrants = (grants: readonly Grant[]): string => grants.map(sayGrant).join(", ") || "no role";

function personLine({ name, grants, has_password, disabled_at, sessions }: PersonView): string {
  const state = disabled_at !== null ? "disabled" : `${sessions} session${sessions === 1 ? "" : "s"}`;
  return `${name}  ${sayGrants(grants)}  ${state}${has_password ? "" : "  no password"}`;
}

function tokenLine({ id, name, owner, grant, expires_at, last_used_at, revoked_at }: ApiTokenView): string {
  const state = revoked_at !== null ? "revoked" : expires_at === null ? "for good" : `until ${expires_at}`;
  return `${id}  ${name}  ${sayGrant(grant)}  ${state}  ${last_used_at === null ? "never used" : `used ${last_used_at}`}${owner === null ? "" : `  of ${owner}`}`;
}

const actionLine = ({ at, actor, actor_kind, operation, target, outcome, address }: Action): string =>
  [at, `${actor} (${actor_kind})`, operation, target ?? "-", outcome ?? "?", address ?? "-"].join("  ");

async function added(ports: TellPeoplePorts, { name, grant, json }: Extract<PersonCommand, { do: "add_person" }>): Promise<Told> {
  const person = await addPerson(ports, { name, grants: [grant] });
  if (isRefusal(person)) return refused(person);
  const { out, err } = await linked(ports, name, `${name} may sign in as ${sayGrant(grant)}. `);
  return { code: 0, out: json ? `${JSON.stringify({ person, url: out.trim() }, null, 2)}\n` : out, err };
}

async function granted(ports: TellPeoplePorts, name: string, grant: Grant | null): Promise<Told> {
  const before = (await ports.store.people()).find((person) => person.name === name)?.grants ?? [];
  return changed(await changePerson(ports, name, { grants: grant === null ? [] : [...before, grant] }));
}

const changed = (person: PersonView | Refusal): Told =>
  isRefusal(person)
    ? refused(person)
    : told(`${person.name}: ${sayGrants(person.grants)}${person.disabled_at === null ? "" : ", disabled"}`);

async function linked(ports: TellPeoplePorts, name: string, before: string): Promise<Told> {
  const made = await linkPerson(ports, name);
  if (isRefusal(made)) return refused(made);
  return told(`${before}The link signs ${name} in once, within ${made.expires_in_s / 60} minutes; it is shown this once`, `${made.url}\n`);
}

async function signedOut(ports: TellPeoplePorts, name: string): Promise<Told> {
  const done = await signOutPerson(ports, name);
  return isRefusal(done) ? refused(done) : told(`${name}: ${done.ended} session${done.ended === 1 ? "" : "s"} ended`);
}

async function tokenMade(ports: TellPeoplePorts, command: Extract<PersonCommand, { do: "add_token" }>): Promise<Told> {
  const { name, grant, days, json } = command;
  const made = await addApiToken(ports, LOCAL_ACTOR, { name, grant, expires_in_days: days });
  if (isRefusal(made)) return refused(made);
  const { token, view } = made;
  const words = `API token ${view.id} (truebound api-token revoke ${view.id} takes it back): ${sayGrant(grant)}. It is shown this once: keep it in a file that only its reader can open`;
  return told(words, json ? `${JSON.stringify(made, null, 2)}\n` : `${token}\n`);
}

async function revoked(ports: TellPeoplePorts, id: string): Promise<Told> {
  const view = await ports.store.revokeToken(id);
  if (view !== null) return told(`API token ${view.id} (${view.name}) is revoked`);
  return {
    code: 1,
    out: "",
    err: `There is no API token ${JSON.stringify(id)} that could be revoked; truebound api-token list shows them\n`,
  };
}
