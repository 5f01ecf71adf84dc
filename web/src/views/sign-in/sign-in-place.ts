export const SIGN_IN_PATH = "/sign-in";

/** The secret of a link that signs in once; null = there is none. */
export const linkSecret = (hash: string): string | null => /^#link=([A-Za-z0-9_-]{43})$/.exec(hash)?.[1] ?? null;

/** Where to go once somebody is in: the page that they came for. */
export const returnPath = (path: string, search: string): string => (path === SIGN_IN_PATH ? "/" : `${path}${search}`);
