import type { DerivingContext } from "../report/derived.ts";
import { type DeclaredGroup, GroupDeriving, isGroup } from "../report/derived-group.ts";
import type { ManifestResult, ReportManifest } from "../report-manifest.ts";
import { BundleFault, type VerifyPorts } from "./ports.ts";
import { contextOf, type Difference, differenceOf, differencesOf, type SignedEvidence, type VerifyHosts } from "./verify-host.ts";

export interface Found {
  readonly differences: readonly Difference[];
  readonly isSimulated: boolean;
  readonly records: number;
}

/** What the hosts say each by itself, and groups that can be judged now. */
export interface FoundOfHosts extends Found {
  readonly groups: readonly Group[];
}

interface Group {
  readonly index: number;
  readonly said: ManifestResult & DeclaredGroup;
  readonly deriving: GroupDeriving;
}

/** Hosts may be looked at side by side; what does not hold is told in their order. */
export async function foundOfHosts(hosts: VerifyHosts, evidence: SignedEvidence, ports: VerifyPorts): Promise<FoundOfHosts> {
  const groups = groupsOf(evidence.manifest, contextOf(evidence.manifest));
  const found = { differences: [] as Difference[], isSimulated: false, records: 0 };
  for await (const { failure, differences, kept, isSimulated, records } of hosts(evidence, ports)) {
    if (failure !== null) throw BundleFault.of(failure);
    found.differences.push(...differences);
    found.isSimulated ||= isSimulated;
    found.records += records;
    for (const [place, one] of kept.entries()) if (one !== null) groups[place]?.deriving.keep(one);
  }
  return { ...found, groups };
}

const groupsOf = ({ results }: ReportManifest, context: DerivingContext): Group[] =>
  results.flatMap((said, index) => (isGroup(said) ? [{ index, said, deriving: new GroupDeriving(said, context) }] : []));

/** With what is of no single host; in the order of the manifest, whoever was looked at first. */
export function foundOfAll(manifest: ReportManifest, { groups, ...found }: FoundOfHosts): Found {
  const listed = differencesOf(manifest, null, [], contextOf(manifest));
  const judged = groups.map(({ index, said, deriving }) => ({ index, said, ...deriving.result() }));
  const differing = judged.flatMap(({ index, said, result }) => differenceOf(index, said, result) ?? []);
  return {
    ...found,
    differences: [...found.differences, ...listed.differences, ...differing].sort((a, b) => a.index - b.index),
    isSimulated: found.isSimulated || judged.some(({ isSimulated }) => isSimulated),
  };
}
