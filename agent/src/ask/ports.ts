import type { OwnHost } from "./own-host.ts";

/** Why the agent of this host could not be asked, each with one cause. */
export const ASKING_TROUBLES = ["not_served", "not_running", "denied", "no_answer", "too_much", "refused", "not_an_agent"] as const;
export type AskingTrouble = (typeof ASKING_TROUBLES)[number];

export type Asked = { readonly kind: "host"; readonly host: OwnHost } | { readonly kind: AskingTrouble; readonly says: string };

/** Asks the agent for one of its pages. Never rejects, and ends in bounded time. */
export type AskAgent = (page: "/now" | "/status") => Promise<Asked>;
