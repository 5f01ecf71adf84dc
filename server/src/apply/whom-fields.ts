import { type Field, mapOf } from "./fields.ts";
import { type Kind, labels, name, profileId } from "./kinds.ts";
import type { Reference } from "./located.ts";

/** A name that must be there. */
export const referring = (kind: Reference["kind"]): Kind => ({
  ...name,
  form:
    kind === "profile" ? "the id of a profile, in this file or as truebound profile list shows it" : `the name of a ${kind} in this file`,
  read(node, path, reading) {
    const named = (kind === "profile" ? profileId : name).read(node, path, reading);
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
