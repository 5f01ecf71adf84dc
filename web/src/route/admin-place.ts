/** The pages of administration, in the order in which they are offered. */
export const ADMIN_TABS = ["join", "hosts", "people", "api-tokens", "actions", "system"] as const;
export type AdminTab = (typeof ADMIN_TABS)[number];

export const ADMIN_PATH = "/admin";
export const adminPath = (tab: AdminTab): string => `${ADMIN_PATH}/${tab}`;

const PATH = /^\/admin(?:\/([a-z-]+))?\/?$/;

/** Null = the path is none of administration. */
export function adminTabOf(path: string): AdminTab | null {
  const found = PATH.exec(path);
  if (found === null) return null;
  return found[1] === undefined ? "join" : (ADMIN_TABS.find((tab) => tab === found[1]) ?? null);
}
