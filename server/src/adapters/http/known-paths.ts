import { ROUTES, type Route } from "../../query/routes.ts";
import { type Refusal, refuse } from "../../refusal.ts";

/** With OpenAPI's {parameters}, as express writes them. */
export const expressPath = (path: string): string => path.replace(/\{(\w+)\}/g, ":$1");

interface KnownPath {
  readonly path: string;
  readonly refusal: Refusal;
}

/** The paths of a listener, each with what is said to a method that it does not take. Who may read may ask for the head alone. */
export function knownPaths(listener: Route["listener"]): KnownPath[] {
  const paths = new Map<string, string[]>();
  for (const { listener: of, path, method } of ROUTES)
    if (of === listener) paths.set(path, [...(paths.get(path) ?? []), ...(method === "get" ? ["GET", "HEAD"] : ["POST"])]);
  return [...paths].map(([path, methods]) => {
    const allow = methods.join(", ");
    return { path: expressPath(path), refusal: refuse("bad_method", `Cannot do that with this path: it takes ${allow}`, { allow }) };
  });
}
