import { MeshRule, readOptions, validator } from "@truebound/wire";
import { numericAddress } from "../peer/numeric-address.ts";
import type { LabelSet } from "../policy/choose-policy.ts";
import { ADMIN_SETTINGS } from "../usage.ts";
import { labelsOf } from "./labels.ts";
import { DOMAIN_FORM } from "./mesh-requests.ts";
import { noVerb } from "./verbs.ts";

/** What `truebound target …` asks for. */
export type TargetRequest =
  | {
      readonly do: "add_target";
      readonly name: string;
      readonly address: string;
      readonly port: number;
      readonly domain: string;
      readonly labels: LabelSet;
    }
  | { readonly do: "list_targets"; readonly json: boolean }
  | { readonly do: "remove_target"; readonly target: string };

export const TARGET_USAGE = `usage: truebound target add NAME ADDRESS[:PORT] --domain DOMAIN [--label name=value]…
       truebound target list [--json]
       truebound target remove NAME
  What answers NTP and runs no agent, such as a switch, a grandmaster or a Windows host: three hosts of the domain measure it,
  or as many as there are (docs/peers.md).
  ADDRESS[:PORT]           a name or an address, [v6]:port for IPv6; PORT 123
  --domain DOMAIN          needed: a domain of truebound mesh, whose hosts can reach it
  --label name=value       what it is shown with; may be given several times (none)
  --json                   list: as JSON (off)
  remove takes a name or an id.
${ADMIN_SETTINGS}
example: truebound target add core-switch-1 10.0.0.1 --domain fra --label site=fra`;

export function parseTarget([what, ...rest]: readonly string[]): TargetRequest | string {
  switch (what) {
    case "add":
      return parseAdd(rest);
    case "list":
      return parseList(rest);
    case "remove":
      return parseRemove(rest);
    default:
      return noVerb(what, "targets", ["add", "list", "remove"]);
  }
}

const NAME = /^[!-~]{1,255}$/;
const ADDRESS = /^(?:\[([0-9a-fA-F:.]{2,45})\]|([A-Za-z0-9._-]{1,253}))(?::(\d{1,5}))?$/;
const BARE_V6 = /^[0-9a-fA-F:.]*:[0-9a-fA-F:.]*:[0-9a-fA-F:.]*$/;
/** No name ends in a number: what does is meant for an IPv4 address. */
const NUMBERS = /(?:^|\.)\d+\.?$/;
const NTP_PORT = 123;
const isDomain = validator(MeshRule.properties.domain);

function parseAdd(args: readonly string[]): TargetRequest | string {
  const read = readOptions(args, { domain: "text", label: "list" });
  if (typeof read === "string") return read;
  const { domain, label = [] } = read.values;
  const [name, where, odd] = read.words;
  if (name === undefined || where === undefined) return "Cannot add a target without its name and its address";
  if (odd !== undefined) return `Cannot take ${JSON.stringify(odd)}: one target at a time, NAME ADDRESS[:PORT]`;
  if (!NAME.test(name)) return `Cannot take ${JSON.stringify(name)} for a name: it is 1 to 255 characters of ASCII without spaces`;
  const at = addressOf(where);
  if (typeof at === "string") return at;
  if (domain === undefined) return "Cannot add a target without --domain: hosts of that domain measure it";
  if (!isDomain.accepts(domain)) return `Cannot take --domain ${domain}: ${DOMAIN_FORM}`;
  const labels = labelsOf(label);
  return typeof labels === "string" ? labels : { do: "add_target", name, ...at, domain, labels };
}

function addressOf(text: string): { readonly address: string; readonly port: number } | string {
  const [, v6, name, digits] = BARE_V6.test(text) ? [text, text] : (ADDRESS.exec(text) ?? []);
  const [address, port] = [v6 ?? name, digits === undefined ? NTP_PORT : Number(digits)];
  if (address === undefined) return `Cannot take ${JSON.stringify(text)} for an address: write host, host:port or [v6]:port`;
  if (isNoAddress(address, v6 !== undefined))
    return `Cannot take ${JSON.stringify(address)} for an address: it is neither a name nor an IPv4 or IPv6 address`;
  return port >= 1 && port <= 65_535 ? { address, port } : `Cannot take port ${port} of ${text}: it must be 1 to 65535`;
}

/** What is wrong with an address that stands alone; null = nothing. */
export function targetFault(address: string): string | null {
  const at = addressOf(address);
  if (typeof at === "string") return at;
  return at.address === address ? null : `its address ${JSON.stringify(address)} must stand alone; a port is written as port`;
}

/** In brackets it must be an IPv6 one, and what is all numbers no name. */
const isNoAddress = (text: string, isBracketed: boolean): boolean =>
  (isBracketed && !text.includes(":")) || ((isBracketed || NUMBERS.test(text)) && numericAddress(text) === null);

function parseList(args: readonly string[]): TargetRequest | string {
  const read = readOptions(args, { json: "flag" });
  if (typeof read === "string") return read;
  return read.words[0] === undefined
    ? { do: "list_targets", json: read.values.json ?? false }
    : `Cannot take ${JSON.stringify(read.words[0])}: list takes no words`;
}

function parseRemove(args: readonly string[]): TargetRequest | string {
  const read = readOptions(args, {});
  if (typeof read === "string") return read;
  const [target, odd] = read.words;
  if (target === undefined) return "Cannot do that without a target, by its name or id";
  return odd === undefined ? { do: "remove_target", target } : `Cannot take ${JSON.stringify(odd)}: one at a time`;
}
