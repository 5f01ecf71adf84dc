import { upstreamOf } from "@truebound/time";

export interface FleetSource {
  readonly key: string;
  readonly address: string | null;
  readonly refid: number | null;
  readonly stratum: number | null;
}

/** By key the vote that each source has a share in: by what it follows, and by what follows it, however far. */
export function votesOfFleet(sources: readonly FleetSource[], refidOf: (address: string) => number): Map<string, string> {
  const parents = new Map<string, string>();
  const root = (node: string): string => {
    let at = node;
    for (let up = parents.get(at); up !== undefined; up = parents.get(at)) at = up;
    if (at !== node) parents.set(node, at);
    return at;
  };
  const join = (a: string, b: string): void => {
    const [one, other] = [root(a), root(b)];
    if (one !== other) parents.set(one, other);
  };
  for (const source of sources) {
    if (source.address !== null) join(`source ${source.key}`, `refid ${refidOf(source.address)}`);
    const upstream = upstreamOf(source);
    if (upstream !== null) join(`source ${source.key}`, `refid ${upstream}`);
  }
  return new Map(sources.map(({ key }) => [key, root(`source ${key}`)]));
}
