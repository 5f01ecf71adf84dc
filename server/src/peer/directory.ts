import { type AssignedPeer, type Assignment, MAX_ASKERS, type MeshRule } from "@truebound/wire";
import type { HostRecord } from "../fleet/host-record.ts";
import { choosePolicy, type LabelSet, type PolicyRule } from "../policy/choose-policy.ts";
import { type Membership, membershipOf } from "./membership.ts";
import { Mesh, type MeshHost } from "./mesh.ts";
import { drawTargets, type Target } from "./target.ts";

interface Seen {
  readonly record: HostRecord;
  readonly labels: string;
  readonly rule: MeshRule | null;
  readonly distrusted: boolean;
  readonly membership: Membership | null;
}

/** What one look found of the hosts. */
interface Changes {
  readonly come: MeshHost[];
  readonly gone: string[];
  /** They say otherwise how they are reached or on what they rest. */
  readonly said: string[];
}

/**
 * Who measures whom, in one process's view of the fleet; every process draws the same. It is fed with all hosts at each look
 * and works on what changed of them; what a host is told is made when it is asked for, and keeps its version until it changes.
 */
export class MeshDirectory {
  readonly #sha256: (text: string) => Uint8Array;
  readonly #mesh = new Mesh();
  readonly #seen = new Map<string, Seen>();
  readonly #assignments = new Map<string, Assignment>();
  #rules = "";
  #targets: readonly Target[] = [];
  #targetsOf: ReadonlyMap<string, readonly Target[]> = new Map();

  constructor(sha256: (text: string) => Uint8Array) {
    this.#sha256 = sha256;
  }

  /** `distrusted`: ids of those that are suspected or accused. */
  look(
    hosts: readonly HostRecord[],
    rules: readonly PolicyRule[],
    targets: readonly Target[],
    distrusted: ReadonlySet<string> = NOBODY,
  ): void {
    const changes = this.#changesOf(hosts, rules, distrusted);
    const touched = this.#mesh.change(changes.come, changes.gone);
    for (const id of changes.said) for (const one of [...this.#mesh.measuring(id), ...this.#mesh.neighboursOf(id)]) touched.add(one);
    const isSame = sayTargets(targets) === sayTargets(this.#targets);
    if (changes.come.length + changes.gone.length > 0 || !isSame) this.#drawTargets(targets, touched);
    for (const id of touched) this.#assignments.delete(id);
  }

  /** Whom it measures and who may ask it; null = it has no part in a mesh. */
  assignmentOf(host: string): Assignment | null {
    const known = this.#assignments.get(host);
    if (known !== undefined) return known;
    if (!this.#membership(host)) return null;
    const made = this.#assign(host);
    this.#assignments.set(host, made);
    return made;
  }

  /** All that have a part in a mesh. */
  members(): Membership[] {
    return [...this.#seen.values()].flatMap(({ membership }) => membership ?? []);
  }

  targets(): readonly Target[] {
    return this.#targets;
  }

  #membership(id: string): Membership | null {
    return this.#seen.get(id)?.membership ?? null;
  }

  #changesOf(hosts: readonly HostRecord[], rules: readonly PolicyRule[], distrusted: ReadonlySet<string>): Changes {
    const changes: Changes = { come: [], gone: [], said: [] };
    const said = JSON.stringify(rules);
    const isRuledAnew = said !== this.#rules;
    this.#rules = said;
    for (const record of hosts) {
      const known = this.#seen.get(record.id);
      const isDistrusted = distrusted.has(record.id);
      if (known?.record === record && known.distrusted === isDistrusted && !isRuledAnew) continue;
      const labels = JSON.stringify(record.labels);
      const rule = known?.labels === labels && !isRuledAnew ? known.rule : ruleOf(record.labels, rules);
      const membership = membershipOf(record, rule, isDistrusted);
      this.#seen.set(record.id, { record, labels, rule, distrusted: isDistrusted, membership });
      note(changes, known?.membership ?? null, membership);
    }
    return changes;
  }

  #drawTargets(targets: readonly Target[], touched: Set<string>): void {
    const before = this.#targetsOf;
    this.#targets = targets;
    this.#targetsOf = drawTargets(
      targets,
      this.members().map(({ id, rule }) => ({ id, domain: rule.domain })),
    );
    for (const id of [...before.keys(), ...this.#targetsOf.keys()])
      if (sayTargets(before.get(id) ?? []) !== sayTargets(this.#targetsOf.get(id) ?? [])) touched.add(id);
  }

  #assign(host: string): Assignment {
    const neighbours = this.#mesh.neighboursOf(host).flatMap((id) => agentOf(this.#membership(id)));
    const peers = [...neighbours, ...(this.#targetsOf.get(host) ?? []).map(peerOf)];
    const asking = this.#mesh.measuring(host).flatMap((id) => this.#membership(id)?.asksFrom ?? []);
    const askers = [...new Set(asking)].sort().slice(0, MAX_ASKERS);
    const digest = this.#sha256(JSON.stringify({ peers, askers }));
    return { version: Buffer.from(digest).toString("hex").slice(0, 16), peers, askers };
  }
}

const NOBODY: ReadonlySet<string> = new Set();

const ruleOf = (labels: LabelSet, rules: readonly PolicyRule[]): MeshRule | null => choosePolicy(labels, rules).mesh ?? null;

function note({ come, gone, said }: Changes, before: Membership | null, after: Membership | null): void {
  if (after === null) {
    if (before !== null) gone.push(before.id);
    return;
  }
  if (before === null || JSON.stringify(before.place) !== JSON.stringify(after.place)) come.push(after.place);
  else if (sayMember(before) !== sayMember(after)) said.push(after.id);
}

const sayMember = ({ name, answersAt, asksFrom, restsOn }: Membership): string => JSON.stringify([name, answersAt, asksFrom, restsOn]);

const sayTargets = (targets: readonly Target[]): string =>
  JSON.stringify(targets.map(({ id, name, address, port, domain }) => [id, name, address, port, domain]));

const agentOf = (member: Membership | null): AssignedPeer[] =>
  member === null || member.answersAt === null
    ? []
    : [{ id: member.id, name: member.name, kind: "agent", ...member.answersAt, rests_on: [...member.restsOn] }];

const peerOf = ({ id, name, address, port }: Target): AssignedPeer => ({ id, name, kind: "target", address, port, rests_on: [] });
