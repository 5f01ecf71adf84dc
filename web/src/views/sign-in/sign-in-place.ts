export const SIGN_IN_PATH = "/sign-in";

/** The secret of a link that signs in once; null = there is none. */
export const linkSecret = (hash: string): string | null => /^#link=([A-Za-z0-9_-]{43})$/.exec(hash)?.[1] ?? null;

/** Where to go once somebody is in: the page that they came for. */
export const returnPath = (path: string, search: string): string => (path === SIGN_IN_PATH ? "/" : `${path}${search}`);

/** Why a provider's word let nobody in, as the address says it; null = it says nothing. */
export function troubleWords(search: string, provider: string): string | null {
  switch (new URLSearchParams(search).get("trouble")) {
    case null:
      return null;
    case "not_permitted":
      return `${provider} knows you, but nothing here lets you in: no role, or you are kept out. The server's log says which.`;
    case "unavailable":
      return `${provider} does not answer as it should. The server's log says more; try again in a while.`;
    default:
      return `Signing in by ${provider} was not finished here, or took more than ten minutes. Begin again.`;
  }
}
