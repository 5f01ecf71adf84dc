import type { Cause } from "@truebound/wire";

const LABELS: Readonly<Record<Cause["kind"], "host" | "source" | "group">> = {
  host: "host",
  source: "source",
  upstream: "source",
  group: "group",
  mesh: "group",
  server: "group",
  fleet: "group",
};

/** By which the alerts of an incident name what they have in common: the same to silences and to all who are told. */
export const causeLabel = ({ kind, name }: Pick<Cause, "kind" | "name">): Record<string, string> => ({ [LABELS[kind]]: name });
