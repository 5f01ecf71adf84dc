import { MeshRule, readOptions, validator } from "@truebound/wire";
import type { LabelSet } from "../policy/choose-policy.ts";
import { ADMIN_SETTINGS } from "../usage.ts";
import { isLabelName, labelsOf } from "./labels.ts";
import { noVerb } from "./verbs.ts";

/** What `truebound mesh …` asks for. */
export type MeshRequest =
  | { readonly do: "set_mesh"; readonly selector: LabelSet; readonly mesh: MeshRule }
  | { readonly do: "end_mesh"; readonly selector: LabelSet }
  | { readonly do: "redraw_mesh" }
  | { readonly do: "show_mesh" | "list_mesh"; readonly json: boolean };

export const MESH_USAGE = `usage: truebound mesh set --domain DOMAIN --port PORT [--spread-by LABEL] [--label name=value]…
       truebound mesh off [--label name=value]…
       truebound mesh redraw
       truebound mesh show [--json]
       truebound mesh list [--json]
  Hosts that measure each other (docs/peers.md). set has hosts answer others of their domain, and measure six of them; off
  ends that. Of the rules that fit a host the one that names most of its labels counts. Agents follow with their next report.
  redraw gives all hosts other neighbours. show says which rules there are and what became of them, list says it host by host.
  --domain DOMAIN          needed: hosts of one domain can reach each other
  --port PORT              needed: UDP port on which they answer, 1024 to 65535; firewalls must let it through within the domain
  --spread-by LABEL        label of what fails together, such as rack or zone: neighbours are spread over its values (none)
  --label name=value       hosts by their labels; may be given several times (all hosts)
  --json                   show, list: as JSON (off)
${ADMIN_SETTINGS}
example: truebound mesh set --domain fra --port 8126 --spread-by rack --label site=fra`;

export function parseMesh([what, ...rest]: readonly string[]): MeshRequest | string {
  switch (what) {
    case "set":
      return parseSet(rest);
    case "off":
      return parseOff(rest);
    case "redraw":
      return parseRedraw(rest);
    case "show":
      return parseShow("show_mesh", rest);
    case "list":
      return parseShow("list_mesh", rest);
    default:
      return noVerb(what, "the mesh", ["set", "off", "redraw", "show", "list"]);
  }
}

const isRule = validator(MeshRule);

function parseSet(args: readonly string[]): MeshRequest | string {
  const read = readOptions(args, { domain: "text", port: "text", "spread-by": "text", label: "list" });
  if (typeof read === "string") return read;
  const { domain, port, "spread-by": spreadBy, label = [] } = read.values;
  if (read.words[0] !== undefined) return noWord(read.words[0]);
  if (domain === undefined || port === undefined) return "Cannot set a mesh without --domain and --port";
  const selector = labelsOf(label);
  if (typeof selector === "string") return selector;
  if (!isRule.accepts({ domain, port: 1024 })) return `Cannot take --domain ${domain}: ${DOMAIN_FORM}`;
  if (spreadBy !== undefined && !isLabelName(spreadBy))
    return `Cannot take --spread-by ${spreadBy}: write the name of a label, such as rack`;
  const mesh = { domain, port: /^\d{1,5}$/.test(port) ? Number(port) : 0, ...(spreadBy === undefined ? {} : { spread_by: spreadBy }) };
  return isRule.accepts(mesh) ? { do: "set_mesh", selector, mesh } : `Cannot take --port ${port}: write a UDP port from 1024 to 65535`;
}

export const DOMAIN_FORM = "write a name of at most 64 characters";

function parseOff(args: readonly string[]): MeshRequest | string {
  const read = readOptions(args, { label: "list" });
  if (typeof read === "string") return read;
  if (read.words[0] !== undefined) return noWord(read.words[0]);
  const selector = labelsOf(read.values.label ?? []);
  return typeof selector === "string" ? selector : { do: "end_mesh", selector };
}

function parseRedraw(args: readonly string[]): MeshRequest | string {
  const read = readOptions(args, {});
  if (typeof read === "string") return read;
  return read.words[0] === undefined ? { do: "redraw_mesh" } : `Cannot take ${JSON.stringify(read.words[0])}: redraw takes no words`;
}

function parseShow(what: "show_mesh" | "list_mesh", args: readonly string[]): MeshRequest | string {
  const read = readOptions(args, { json: "flag" });
  if (typeof read === "string") return read;
  return read.words[0] === undefined
    ? { do: what, json: read.values.json ?? false }
    : `Cannot take ${JSON.stringify(read.words[0])}: show and list take no words`;
}

const noWord = (word: string): string => `Cannot take ${JSON.stringify(word)}: a mesh is of hosts by their labels, --label name=value`;
