import type {
  Action,
  ActionList,
  ApiTokenMade,
  ApiTokenRequest,
  ApiTokenView,
  EnrolledHost,
  EnrolledHostList,
  Grant,
  HostChangeRequest,
  JoinTokenList,
  JoinTokenMade,
  JoinTokenRequest,
  LinkMade,
  PersonChange,
  PersonView,
} from "@truebound/wire";
import type { Answer } from "./answer.ts";
import { getJson } from "./get-json.ts";
import { postJson } from "./post-json.ts";
import type { ServerClock } from "./server-clock.ts";

const API = "/api/v1";

/** What an administration page lists, by the path under which it lies. */
export interface AdminLists {
  readonly "join-tokens": JoinTokenList;
  readonly people: { readonly items: readonly PersonView[] };
  readonly "api-tokens": { readonly items: readonly ApiTokenView[] };
}

export const loadAdminList = <K extends keyof AdminLists>(
  what: K,
  clock: ServerClock,
  signal: AbortSignal,
): Promise<Answer<AdminLists[K]>> => getJson(`${API}/${what}`, clock, signal);

export const loadEnrolments = (
  { q, after }: { readonly q: string; readonly after: string },
  clock: ServerClock,
  signal: AbortSignal,
): Promise<Answer<EnrolledHostList>> =>
  getJson(`${API}/enrolments?${new URLSearchParams({ q, ...(after === "" ? {} : { after }) })}`, clock, signal);

const ACTIONS_SHOWN = 500;
export const loadActions = (clock: ServerClock, signal: AbortSignal): Promise<Answer<ActionList>> =>
  getJson(`${API}/actions?limit=${ACTIONS_SHOWN}`, clock, signal);

/** The book from its end to its beginning, page after page. */
export async function loadAllActions(clock: ServerClock): Promise<Answer<Action[]>> {
  const items: Action[] = [];
  let after: string | null = null;
  do {
    const query: string = new URLSearchParams({ limit: "1000", ...(after === null ? {} : { after }) }).toString();
    const page: Answer<ActionList> = await getJson(`${API}/actions?${query}`, clock);
    if (!page.ok) return page;
    items.push(...page.value.items);
    after = page.value.next;
  } while (after !== null);
  return { ok: true, value: items };
}

const of = (what: string, id: string, verb = ""): string => `${API}/${what}/${encodeURIComponent(id)}${verb}`;

export const makeJoinToken = (wish: JoinTokenRequest, clock: ServerClock): Promise<Answer<JoinTokenMade>> =>
  postJson(`${API}/join-tokens`, wish, clock);
export const revokeJoinToken = (id: string, clock: ServerClock): Promise<Answer<unknown>> =>
  postJson(of("join-tokens", id, "/revoke"), {}, clock);
export const changeEnrolment = (id: string, to: HostChangeRequest["to"], clock: ServerClock): Promise<Answer<EnrolledHost>> =>
  postJson(of("enrolments", id), { to }, clock);
export const addPerson = (name: string, grants: readonly Grant[], clock: ServerClock): Promise<Answer<PersonView>> =>
  postJson(`${API}/people`, { name, grants }, clock);
export const changePerson = (id: string, change: PersonChange, clock: ServerClock): Promise<Answer<PersonView>> =>
  postJson(of("people", id), change, clock);
export const linkPerson = (id: string, clock: ServerClock): Promise<Answer<LinkMade>> => postJson(of("people", id, "/link"), {}, clock);
export const signOutPerson = (id: string, clock: ServerClock): Promise<Answer<{ readonly ended: number }>> =>
  postJson(of("people", id, "/sign-out"), {}, clock);
export const makeApiToken = (wish: ApiTokenRequest, clock: ServerClock): Promise<Answer<ApiTokenMade>> =>
  postJson(`${API}/api-tokens`, wish, clock);
export const revokeApiToken = (id: string, clock: ServerClock): Promise<Answer<ApiTokenView>> =>
  postJson(of("api-tokens", id, "/revoke"), {}, clock);
