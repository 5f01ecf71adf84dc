import type { Cause } from "@truebound/wire";

const KINDS: Readonly<Record<string, string>> = {
  host: "host",
  source: "source",
  group: "group",
  upstream: "upstream",
  mesh: "mesh",
  server: "server",
  fleet: "fleet",
};

/** "source 10.0.0.7"; a name that says its kind itself, such as "the server", stands alone. */
export function causeWords({ kind, name }: Pick<Cause, "kind" | "name">): string {
  const word = KINDS[kind] ?? kind;
  if (name === "") return word;
  return name.split(" ").includes(word) ? name : `${word} ${name}`;
}

const HOST_KEY = /^host:([^:]+)/;

/** The host whose matter it is; null = it is not that of a single one. */
export const hostOfCause = ({ kind, key }: Pick<Cause, "kind" | "key">): string | null =>
  kind === "host" ? (HOST_KEY.exec(key)?.[1] ?? null) : null;
