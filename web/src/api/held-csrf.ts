/** What this page sends with every change, so that no other page can make the browser send one. */
let held: string | null = null;

/** Heard by the session: a request was refused because nobody is signed in. */
export const SIGNED_OUT = "truebound:signed-out";

export function holdCsrf(token: string | null): void {
  held = token;
}

export const csrfHeader = (): Record<string, string> => (held === null ? {} : { "x-csrf-token": held });
