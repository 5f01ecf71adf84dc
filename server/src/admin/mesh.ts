import type { MeshRule } from "@truebound/wire";
import type { HostMesh } from "../fleet/host-record.ts";
import { choosePolicy, type LabelSet, matches, type PolicyRule } from "../policy/choose-policy.ts";
import type { Told } from "./admin.ts";
import { sayLabels } from "./labels.ts";
import type { MeshRequest } from "./mesh-requests.ts";

/** A host that may report, with what it says of its part in a mesh; null = nothing. */
export interface MeshedHost {
  readonly id: string;
  readonly name: string;
  readonly labels: LabelSet;
  /** Where its reports come from. */
  readonly address: string | null;
  readonly mesh: HostMesh | null;
  /** Of its latest report, by the database's clock; null = it never reported. */
  readonly age_s: number | null;
}

export interface MeshStore {
  policyRules(): Promise<PolicyRule[]>;
  meshedHosts(): Promise<MeshedHost[]>;
  /** Whether a file that was applied sets the mesh of exactly these labels. */
  isMeshOfFile(selector: LabelSet): Promise<boolean>;
  /** Null = these hosts have none. The word of a draw stays. */
  setMesh(selector: LabelSet, mesh: MeshRule | null): Promise<void>;
  /** With this word; returns how many rules there are that make a mesh. */
  redrawMesh(word: string): Promise<number>;
}

export interface MeshPorts {
  readonly store: MeshStore;
  readonly randomBytes: (count: number) => Uint8Array;
}

export async function administerMesh({ store, randomBytes }: MeshPorts, request: MeshRequest): Promise<Told> {
  switch (request.do) {
    case "set_mesh":
      return set(store, request.selector, request.mesh);
    case "end_mesh":
      return set(store, request.selector, null);
    case "redraw_mesh":
      return redraw(await store.redrawMesh(Buffer.from(randomBytes(4)).toString("hex")));
    case "show_mesh":
      return show(await store.policyRules(), await store.meshedHosts(), request.json);
    case "list_mesh":
      return list(await store.policyRules(), await store.meshedHosts(), request.json);
    default:
      return request satisfies never;
  }
}

const say = (err: string): Told => ({ code: 0, out: "", err: `${err}\n` });
const printed = (out: string): Told => ({ code: 0, out, err: "" });
const asJson = (content: object): Told => printed(`${JSON.stringify(content, null, 2)}\n`);

async function set(store: MeshStore, selector: LabelSet, mesh: MeshRule | null): Promise<Told> {
  if (await store.isMeshOfFile(selector))
    return {
      code: 1,
      out: "",
      err: `Cannot change the mesh of ${whom(selector)}: a file that was applied sets it (policies, hosts.labels:${sayLabels(selector) || " {}"}, mesh); change it there and run truebound apply\n`,
    };
  await store.setMesh(selector, mesh);
  const rules = await store.policyRules();
  const fitting = (await store.meshedHosts()).filter(({ labels }) => matches(labels, selector));
  const counts = fitting.filter(({ labels }) => decides(labels, rules, selector)).length;
  const others = fitting.length - counts;
  const left = others === 0 ? "" : `; for ${hosts(others)} with these labels another rule counts`;
  const none = fitting.length === 0 ? "; no host carries these labels so far" : "";
  return say(
    `${hosts(counts)} ${counts === 1 ? "has" : "have"} ${mesh === null ? "no mesh now" : sayRule(mesh)}${left}${none}. ${soon(mesh)}`,
  );
}

const soon = (mesh: MeshRule | null): string =>
  mesh === null
    ? "Agents follow with their next report"
    : `Agents follow with their next report; let UDP port ${mesh.port} through between these hosts`;

function redraw(rules: number): Told {
  return rules > 0
    ? say("All hosts get other neighbours, each with its next report")
    : { code: 1, out: "", err: "Cannot redraw: no rule makes a mesh; truebound mesh set does\n" };
}

/** Whether the rule on exactly these labels is the one by which a host has its mesh, or has none. */
function decides(labels: LabelSet, rules: readonly PolicyRule[], selector: LabelSet): boolean {
  const own = rules.find((rule) => sameLabels(rule.selector, selector));
  const speaking = rules.filter(({ block }) => block.mesh !== undefined);
  const marked = speaking.map((rule) => (rule === own ? { ...rule, block: { mesh: MARK } } : rule));
  return choosePolicy(labels, marked).mesh === MARK;
}

const MARK: MeshRule = { domain: "mark", port: 1024 };
const sameLabels = (a: LabelSet, b: LabelSet): boolean =>
  Object.keys(a).length === Object.keys(b).length && Object.entries(a).every(([name, value]) => b[name] === value);

const hosts = (count: number): string => (count === 1 ? "1 host" : `${count} hosts`);

const sayRule = ({ domain, port, spread_by }: MeshRule): string =>
  `the mesh ${JSON.stringify(domain)} on UDP port ${port}${spread_by === undefined ? "" : `, spread over the values of ${spread_by}`}`;

function show(rules: readonly PolicyRule[], all: readonly MeshedHost[], json: boolean): Told {
  const shown = rules
    .filter(({ block }) => block.mesh)
    .map(({ selector, block }) => ({
      selector,
      mesh: block.mesh as MeshRule,
      hosts: all.filter(({ labels }) => matches(labels, selector) && decides(labels, rules, selector)),
    }));
  const items = shown.map(({ selector, mesh, hosts: some }) => ({
    selector,
    mesh,
    hosts: some.length,
    answering: some.filter((host) => host.mesh?.answers).length,
  }));
  if (json) return asJson({ items, next: null });
  if (items.length === 0) return say("No rule makes a mesh: truebound mesh set does");
  return printed(
    items.map((item) => `${whom(item.selector)}  ${sayRule(item.mesh)}  (${hosts(item.hosts)}, ${item.answering} answer)\n`).join(""),
  );
}

const whom = (selector: LabelSet): string => sayLabels(selector).trim() || "everyone";

function list(rules: readonly PolicyRule[], all: readonly MeshedHost[], json: boolean): Told {
  const items = all.flatMap((host) => {
    const rule = choosePolicy(host.labels, rules).mesh;
    return rule ? [itemOf(host, rule)] : [];
  });
  if (json) return asJson({ items, next: null });
  return items.length === 0
    ? say("No host has a mesh: truebound mesh show says which rules there are")
    : printed(items.map(lineOf).join(""));
}

const UNHEARD: ReadonlySet<string> = new Set(["never_answered", "stale"]);

/** What is older counts for nobody in the mesh. */
const SILENT_S = 90;

function itemOf({ id, name, address, mesh, age_s }: MeshedHost, { domain }: MeshRule) {
  const answers = mesh?.answers ?? null;
  return {
    id,
    name,
    domain,
    assignment: mesh?.assignment ?? null,
    answers: answers === null ? null : { address: answers.address ?? address, port: answers.port },
    trouble: mesh === null ? "its agent says nothing of a mesh: is it older than this server, or has it not reported yet?" : mesh.trouble,
    peers: mesh?.peers.length ?? 0,
    peers_heard: mesh?.peers.filter(({ state }) => !UNHEARD.has(state)).length ?? 0,
    requests: mesh?.requests ?? null,
    age_s,
  };
}

function lineOf({ name, domain, answers, trouble, peers, peers_heard, requests, age_s }: ReturnType<typeof itemOf>): string {
  const where = answers === null ? `does not answer: ${trouble ?? "it says no reason"}` : `answers at ${at(answers)}`;
  const asked = requests === null ? "" : `, answered ${requests.answered}, refused ${requests.stranger + requests.over_limit}`;
  const old = age_s !== null && age_s > SILENT_S ? `silent for ${Math.floor(age_s)} s, and before that: ` : "";
  return `${name}  ${JSON.stringify(domain)}  ${old}${where}; hears ${peers_heard} of ${peers} peers${asked}\n`;
}

const at = ({ address, port }: { readonly address: string | null; readonly port: number }): string =>
  address === null ? `an unknown address, port ${port}` : address.includes(":") ? `[${address}]:${port}` : `${address}:${port}`;
