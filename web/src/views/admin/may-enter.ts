import { hasRole, type SessionState } from "../../api/session.ts";
import { ADMIN_TABS, type AdminTab } from "../../route/admin-place.ts";

const isWhole = (labels: Readonly<Record<string, string>>): boolean => Object.keys(labels).length === 0;
export const hasOverAll = (state: SessionState, ...roles: readonly string[]): boolean =>
  state.kind === "in" && state.actor.grants.some(({ role, labels }) => roles.includes(role) && isWhole(labels));

/** What a page needs, as far as it can be told beforehand; it is the server that decides. */
const NEEDS: Readonly<Record<AdminTab, (state: SessionState) => boolean>> = {
  join: (state) => hasOverAll(state, "admin"),
  hosts: (state) => hasRole(state, "admin"),
  people: (state) => hasOverAll(state, "admin"),
  "api-tokens": (state) => state.kind === "in",
  actions: (state) => hasOverAll(state, "admin", "auditor"),
  system: (state) => hasOverAll(state, "viewer", "operator", "auditor", "admin"),
};

export const tabsFor = (state: SessionState): readonly AdminTab[] => ADMIN_TABS.filter((tab) => NEEDS[tab](state));
export const mayEnter = (state: SessionState): boolean => tabsFor(state).length > 0;
/** The page that is offered first. */
export const enteredTab = (state: SessionState): AdminTab => tabsFor(state)[0] ?? "api-tokens";
