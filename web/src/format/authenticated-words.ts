import type { HostSource, SourceSummary } from "@truebound/wire";
import { countWords } from "./count-words.ts";

/** How one host's source is authenticated; null = it is asked without NTS. */
export function authenticatedWords({ nts }: Pick<HostSource, "nts">): string | null {
  if (nts === undefined) return null;
  if (!nts.authenticated) return "not authenticated, though asked under NTS";
  const doubt = nts.dates === "provisional" ? "; its certificate's dates are not confirmed yet" : "";
  return `authenticated as ${nts.name}${doubt}`;
}

/** For how many of its users a source is; null = none of them asks it under NTS. */
export function authenticatedFor({ users, nts_users, authenticated_by }: Pick<SourceSummary, "users" | "nts_users" | "authenticated_by">) {
  if (nts_users === 0) return null;
  if (authenticated_by === users) return "authenticated";
  return authenticated_by === 0 ? "not authenticated" : `authenticated for ${authenticated_by} of ${countWords(users, "host")}`;
}
