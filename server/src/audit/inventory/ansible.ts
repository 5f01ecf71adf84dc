import { entryOf } from "../../apply/fields.ts";
import { type Located, sayProblem } from "../../apply/located.ts";
import { expandRange } from "./ansible-range.ts";
import type { ParseYaml } from "./read-inventory.ts";

/** Names of hosts of an inventory, in any of Ansible's forms: INI, YAML, or the JSON of ansible-inventory --list. */
export function readAnsible(text: string, parseYaml: ParseYaml): readonly string[] | string {
  const lines = text.split(/\r?\n/).filter((line) => !/^\s*([#;]|$)/.test(line));
  return isIni(lines) ? ofIni(lines) : ofYaml(text, parseYaml);
}

/** A file in INI begins with a group, or with a host and no colon behind it. */
const isIni = ([first = ""]: readonly string[]): boolean => /^\s*\[/.test(first) || !/^\s*(---|\{|[^\s=[]+:(\s|$))/.test(first);

const SECTION = /^\[([^\]]+)\]/;

function ofIni(lines: readonly string[]): readonly string[] | string {
  const names: string[] = [];
  let isHosts = true;
  for (const line of lines) {
    const section = SECTION.exec(line.trim())?.[1];
    if (section !== undefined) {
      // Of [group:vars] and [group:children] the lines are no hosts.
      isHosts = !/:(vars|children)$/.test(section);
      continue;
    }
    if (!isHosts) continue;
    const [pattern = ""] = line.trim().split(/\s+/);
    const expanded = expandRange(withoutPort(pattern));
    if (typeof expanded === "string") return expanded;
    names.push(...expanded);
  }
  return names;
}

/** A host may be written with the port of its SSH. */
const withoutPort = (pattern: string): string => pattern.replace(/^([^:[\]]+):\d+$/, "$1");

function ofYaml(text: string, parseYaml: ParseYaml): readonly string[] | string {
  const parsed = parseYaml(text);
  if ("problems" in parsed) return `it is no inventory of Ansible: ${parsed.problems.map(sayProblem).join("; ")}`;
  const { root } = parsed;
  if (root.kind !== "map") return "it is no inventory of Ansible: write groups, each with hosts or children";
  const listed = entryOf(entryOf(root, "_meta") ?? root, "hostvars");
  return listed?.kind === "map" ? listed.entries.map(({ name }) => name) : expanded(root.entries.flatMap(({ value }) => hostsOf(value)));
}

/** Of a group: its hosts, and those of its children, however deep. */
function hostsOf(group: Located): readonly string[] {
  const [hosts, children] = [entryOf(group, "hosts"), entryOf(group, "children")];
  const own = hosts?.kind === "map" ? hosts.entries.map(({ name }) => name) : hosts?.kind === "list" ? hosts.items.flatMap(scalarText) : [];
  return [...own, ...(children?.kind === "map" ? children.entries.flatMap(({ value }) => hostsOf(value)) : [])];
}

const scalarText = (node: Located): string[] => (node.kind === "scalar" ? [node.text] : []);

function expanded(patterns: readonly string[]): readonly string[] | string {
  const names: string[] = [];
  for (const pattern of patterns) {
    const some = expandRange(pattern);
    if (typeof some === "string") return some;
    names.push(...some);
  }
  return names;
}
