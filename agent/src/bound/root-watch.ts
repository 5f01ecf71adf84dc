import type { SourceProbe } from "../probe/source-probe.ts";
import type { Finding } from "./findings.ts";
import { rootOf } from "./present.ts";

type News = Pick<Finding, "kind" | "source" | "detail">;

/** Tells when a declaration of a server's own error begins to count, and when and why it no longer does. */
export class RootWatch {
  #known = new Map<string, SourceProbe["root"]>();

  news(probes: readonly SourceProbe[]): News[] {
    const before = this.#known;
    this.#known = new Map(probes.flatMap((probe) => (probe.root === null ? [] : [[probe.source.id, probe.root] as const])));
    return probes.filter((probe) => probe.root !== null && before.get(probe.source.id) !== probe.root).map(tell);
  }
}

function tell(probe: SourceProbe): News {
  const { declaration } = rootOf(probe);
  if (declaration === undefined) throw new Error(`Cannot tell of the root of ${probe.source.id}: nothing is declared of it`);
  const { void: why, ...terms } = declaration;
  return why === null
    ? { kind: "root_declared", source: probe.source.id, detail: terms }
    : { kind: "root_declaration_void", source: probe.source.id, detail: { why, ...terms } };
}
