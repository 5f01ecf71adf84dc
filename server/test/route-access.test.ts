import { ROLES, type Role } from "@truebound/wire";
import { expect, it } from "vitest";
import type { PeopleOperation } from "../src/access/route-access.ts";
import { ROUTES } from "../src/query/routes.ts";
import type { Asker } from "./asker.ts";
import { Asker as Somebody } from "./asker.ts";
import { personOf, SIGN_IN } from "./people-world.ts";
import { serverForTests } from "./server-under-test.ts";

const tested = serverForTests(() => ({ people: SIGN_IN }));

/** Written down once more, by hand: who may do what, as docs/sign-in.md promises it. */
const EVERYBODY: readonly PeopleOperation[] = ["getMe", "signIn", "signInByLink", "startOidc", "finishOidc", "livez", "readyz"];
const SIGNED_IN: readonly PeopleOperation[] = ["signOut", "changePassword", "listApiTokens", "addApiToken", "revokeApiToken"];
const OPERATORS: readonly PeopleOperation[] = [
  "acknowledgeIncident",
  "commentIncident",
  "addSilence",
  "endSilence",
  "addMaintenance",
  "endMaintenance",
  "testChannel",
];
const AUDITORS: readonly PeopleOperation[] = [
  "addExemption",
  "withdrawExemption",
  "importInventory",
  "addReport",
  "cancelReport",
  "listActions",
  "getLog",
  "listLogAnchors",
  "getLogAnchorFile",
];
const ADMINS: readonly PeopleOperation[] = [
  "listPeople",
  "addPerson",
  "changePerson",
  "linkPerson",
  "signOutPerson",
  "listJoinTokens",
  "addJoinToken",
  "revokeJoinToken",
  "listEnrolments",
  "changeEnrolment",
];

function allowed(operation: PeopleOperation): readonly (Role | "nobody")[] {
  if (EVERYBODY.includes(operation)) return ["nobody", ...ROLES];
  if (SIGNED_IN.includes(operation)) return ROLES;
  if (OPERATORS.includes(operation)) return ["operator", "admin"];
  if (AUDITORS.includes(operation)) return ["auditor", "admin"];
  return ADMINS.includes(operation) ? ["admin"] : ROLES;
}

const PEOPLE = ROUTES.filter((route) => route.listener === "people");
/** Last, for it ends what the others need; a stream never ends by itself. */
const IN_ORDER = [...PEOPLE].sort((a, b) => Number(a.operation === "signOut") - Number(b.operation === "signOut"));
const pathOf = (path: string): string => path.replace(/\{\w+\}/g, "1");

/** What the server says to a request that is right in nothing but its path. */
async function statusOf(asker: Asker, { method, path, operation }: (typeof PEOPLE)[number], more: Record<string, string> = {}) {
  if (operation === "streamEvents") return streamStatus(asker, path);
  const { status, body } = method === "get" ? await asker.get(pathOf(path)) : await asker.post(pathOf(path), {}, more);
  return { status, code: body.code };
}

async function streamStatus(asker: Asker, path: string) {
  const ending = new AbortController();
  const headers = asker.cookie === null ? {} : { cookie: asker.cookie };
  const { status } = await fetch(`${tested.server.peopleUrl}${path}`, { headers, signal: ending.signal });
  ending.abort();
  return { status, code: status === 401 ? "not_signed_in" : undefined };
}

it.each(["nobody", ...ROLES] as const)("lets %s do what they may on every path, and nothing else", async (who) => {
  const asker = who === "nobody" ? new Somebody(tested.server.peopleUrl) : await personOf(tested, `all.${who}`, who);
  const surprises = [];
  for (const route of IN_ORDER) {
    const { status, code } = await statusOf(asker, route);
    const isKeptOut =
      code === "not_signed_in" ? who === "nobody" || status !== 401 : code === "not_permitted" && route.operation !== "changePassword";
    const isKnown = EVERYBODY.includes(route.operation) || (code === "not_signed_in") === (who === "nobody");
    if (isKeptOut === allowed(route.operation).includes(who) || !isKnown || status >= 500)
      surprises.push({ operation: route.operation, status, code });
  }
  expect(surprises).toEqual([]);
});

it("lets a page of another origin, and one without the session's token, change nothing on any path", async () => {
  const admin = await personOf(tested, "csrf.admin", "admin");
  const changes = IN_ORDER.filter(({ method }) => method === "post");
  for (const route of changes) {
    const foreign = await statusOf(admin, route, { origin: "https://evil.example" });
    expect({ operation: route.operation, ...foreign }).toEqual({ operation: route.operation, status: 403, code: "forbidden_origin" });
    if (EVERYBODY.includes(route.operation) || route.operation === "placeStamps") continue;
    const tokenless = await statusOf(admin, route, { "x-csrf-token": "" });
    expect({ operation: route.operation, ...tokenless }).toEqual({ operation: route.operation, status: 403, code: "bad_csrf" });
  }
  expect(changes.length).toBeGreaterThanOrEqual(20);
});
