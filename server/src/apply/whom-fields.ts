import { type Field, mapOf } from "./fields.ts";
import { type Kind, labels, name } from "./kinds.ts";

/** A name that the same file must set. */
export const referring = (kind: "group" | "calendar"): Kind => ({
  ...name,
  form: `the name of a ${kind} in this file`,
  read(node, path, reading) {
    const named = name.read(node, path, reading);
    if (typeof named === "string") reading.refer({ kind, name: named, at: node.at, path });
    return named;
  },
});

const WHOM: readonly Field[] = [
  { key: "group", stored: "group", kind: referring("group"), means: "hosts of this group", otherwise: "all hosts" },
  {
    key: "labels",
    stored: "labels",
    kind: labels,
    means: "of these, hosts that carry all of these labels",
    otherwise: "whatever they carry",
  },
];

export const whom = mapOf(WHOM);
