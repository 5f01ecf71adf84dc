import { type Target, viewTarget } from "../peer/target.ts";
import type { PolicyRule } from "../policy/choose-policy.ts";
import type { Told } from "./admin.ts";
import { sayLabels } from "./labels.ts";
import type { TargetRequest } from "./target-requests.ts";

export interface TargetStore {
  /** In the order of their names. */
  targets(): Promise<Target[]>;
  /** By id, how many hosts measured each in the last 90 s; absent = none. */
  measured(): Promise<ReadonlyMap<string, number>>;
  /** Its id; null = there is one of this name. */
  addTarget(target: Omit<Target, "id" | "createdAt">): Promise<string | null>;
  /** By name or id, its name where a file that was applied sets it; null = none does. */
  targetOfFile(nameOrId: string): Promise<string | null>;
  /** By name or id; its name, or null = there is none. */
  removeTarget(nameOrId: string): Promise<string | null>;
  policyRules(): Promise<PolicyRule[]>;
}

export async function administerTargets(store: TargetStore, request: TargetRequest): Promise<Told> {
  switch (request.do) {
    case "add_target":
      return add(store, request);
    case "list_targets":
      return list(await store.targets(), await store.measured(), request.json);
    case "remove_target":
      return remove(store, request.target);
    default:
      return request satisfies never;
  }
}

const say = (err: string): Told => ({ code: 0, out: "", err: `${err}\n` });
const refuse = (err: string): Told => ({ code: 1, out: "", err: `${err}\n` });

async function add(store: TargetStore, request: Extract<TargetRequest, { do: "add_target" }>): Promise<Told> {
  const { name, address, port, domain, labels } = request;
  const id = await store.addTarget({ name, address, port, domain, labels });
  if (id === null) return refuse(`Cannot add ${name}: there is a target of this name; truebound target remove ${name} takes it away`);
  const isMeshed = (await store.policyRules()).some(({ block }) => block.mesh?.domain === domain);
  const who = isMeshed
    ? `up to three hosts of ${JSON.stringify(domain)} measure it from their next reports on`
    : `nobody measures it yet: no rule makes a mesh of the domain ${JSON.stringify(domain)}, truebound mesh set does`;
  return { code: 0, out: `${id}\n`, err: `Added ${name} (${id}) at ${where(request)}; ${who}\n` };
}

function list(targets: readonly Target[], measured: ReadonlyMap<string, number>, json: boolean): Told {
  if (json) return { code: 0, out: `${JSON.stringify({ items: targets.map(viewTarget), next: null }, null, 2)}\n`, err: "" };
  return targets.length === 0
    ? say("There is no target: truebound target add makes one")
    : { code: 0, out: targets.map((target) => lineOf(target, measured.get(target.id) ?? 0)).join(""), err: "" };
}

const lineOf = (target: Target, hosts: number): string =>
  `${target.id}  ${target.name}  ${where(target)}  ${JSON.stringify(target.domain)}  ${measuredBy(hosts)}${sayLabels(target.labels)}\n`;

const measuredBy = (hosts: number): string =>
  hosts === 0 ? "no host heard it in the last 90 s" : `measured by ${hosts} ${hosts === 1 ? "host" : "hosts"}`;

const where = ({ address, port }: Pick<Target, "address" | "port">): string =>
  address.includes(":") ? `[${address}]:${port}` : `${address}:${port}`;

async function remove(store: TargetStore, asked: string): Promise<Told> {
  const ofFile = await store.targetOfFile(asked);
  if (ofFile !== null)
    return refuse(
      `Cannot remove ${ofFile}: a file that was applied sets it (targets, name: ${ofFile}); take it out there and run truebound apply`,
    );
  const name = await store.removeTarget(asked);
  return name === null
    ? refuse(`Cannot remove ${JSON.stringify(asked)}: no target has this name or id; truebound target list shows them all`)
    : say(`Removed ${name}: nobody measures it any more`);
}
