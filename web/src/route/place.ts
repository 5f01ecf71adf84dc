/** Which view an address names. */
export type Place =
  | { readonly view: "fleet" }
  | { readonly view: "host"; readonly id: string }
  | { readonly view: "nowhere"; readonly path: string };

const HOST = /^\/hosts\/([^/]+)\/?$/;

export function placeOf(path: string): Place {
  if (path === "/" || path === "") return { view: "fleet" };
  const id = HOST.exec(path)?.[1];
  return id === undefined ? { view: "nowhere", path } : { view: "host", id: decode(id) };
}

/** A stray percent sign is no reason to show nothing. */
function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

export const hostPath = (id: string): string => `/hosts/${encodeURIComponent(id)}`;
