import type { Inventory } from "@truebound/audit";
import type { FileProblem, Located } from "../../apply/located.ts";
import { readAnsible } from "./ansible.ts";
import { readCsv } from "./csv.ts";
import { readKubernetes } from "./kubernetes.ts";

export const INVENTORY_KINDS = ["csv", "ansible", "kubernetes"] as const satisfies readonly Inventory["kind"][];

export type ParseYaml = (text: string) => { readonly root: Located } | { readonly problems: readonly FileProblem[] };

/** Names of hosts, each once and in order, or why the file is no inventory. */
export type ReadInventory = { readonly hosts: readonly string[] } | { readonly problem: string };

export const MOST_HOSTS = 100_000;
const NAME = /^[\u0021-\u007e\u00a0-\ud7ff\ue000-\ufffd]{1,255}$/;

export function readInventory(kind: Inventory["kind"], text: string, parseYaml: ParseYaml): ReadInventory {
  // Its hash would be that of another text.
  if (text.includes("\ufffd")) return { problem: "it is not in UTF-8; save it so" };
  const names = namesOf(kind, text.replace(/^\ufeff/, ""), parseYaml);
  if (typeof names === "string") return { problem: names };
  const hosts = [...new Set(names)].sort();
  const odd = hosts.find((name) => !NAME.test(name));
  if (odd !== undefined)
    return { problem: `${JSON.stringify(odd.slice(0, 60))} is no name of a host: at most 255 characters, none of them a space` };
  if (hosts.length === 0) return { problem: "it names no host" };
  return hosts.length > MOST_HOSTS ? { problem: `it names ${hosts.length} hosts, and ${MOST_HOSTS} is the most` } : { hosts };
}

function namesOf(kind: Inventory["kind"], text: string, parseYaml: ParseYaml): readonly string[] | string {
  switch (kind) {
    case "csv":
      return readCsv(text);
    case "ansible":
      return readAnsible(text, parseYaml);
    case "kubernetes":
      return readKubernetes(text);
    default:
      return kind satisfies never;
  }
}
