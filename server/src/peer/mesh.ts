import { hashOf } from "./lots.ts";
import { Domain, type Member, memberOf } from "./mesh-domain.ts";

export { neighbourCount } from "./mesh-domain.ts";

/** A host as the mesh sees it. */
export interface MeshHost {
  readonly id: string;
  /** Hosts reach each other within one; null = it has no peers. */
  readonly domain: string | null;
  /** What fails together: a rack, a zone; null = unknown. */
  readonly zone: string | null;
  /** Others can measure it; absent = they can. Who does not answer measures all the same. */
  readonly answers?: boolean;
  /** Another word draws other lots for it. */
  readonly draw?: string;
}

/**
 * The neighbours that each host measures: drawn by lot inside its domain, one zone after the other. The lots are hashes of
 * both hosts (rendezvous hashing, Thaler and Ravishankar 1998), so that who comes or goes changes the neighbours of few, and
 * every server draws the same without asking, whatever came and went before.
 */
export class Mesh {
  readonly #domains = new Map<string, Domain>();
  readonly #members = new Map<string, Member>();

  constructor(hosts: readonly MeshHost[] = []) {
    this.change(hosts);
  }

  /** Hosts that come, or are now otherwise, and ids of those that go. Returns who measures others now, or is measured by others. */
  change(hosts: readonly MeshHost[], gone: readonly string[] = []): Set<string> {
    const leave = [...gone, ...hosts.map(({ id }) => id)].flatMap((id) => this.#members.get(id) ?? []);
    const come = hosts.flatMap(({ domain, id, zone, answers = true, draw = "" }) =>
      domain === null ? [] : [memberOf({ id, domain, zone: zone ?? "", answers, hash: hashOf(`${id} ${draw}`) })],
    );
    for (const { id } of leave) this.#members.delete(id);
    for (const member of come) this.#members.set(member.id, member);
    const touched = new Set<string>();
    for (const domain of new Set([...leave, ...come].map((member) => member.domain)))
      this.#domainOf(domain).change(
        leave.filter((member) => member.domain === domain),
        come.filter((member) => member.domain === domain),
        touched,
      );
    return touched;
  }

  /** Ids of the hosts that `id` measures, best lot first. */
  neighboursOf(id: string): string[] {
    return this.#members.get(id)?.neighbours.map(({ ticket }) => ticket.id) ?? [];
  }

  /** Ids of the hosts that measure it. */
  measuring(id: string): string[] {
    return [...(this.#members.get(id)?.measuredBy ?? [])].map((member) => member.id);
  }

  #domainOf(name: string): Domain {
    const known = this.#domains.get(name);
    if (known !== undefined) return known;
    const made = new Domain();
    this.#domains.set(name, made);
    return made;
  }
}
