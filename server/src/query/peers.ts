import type { PairProfile } from "@truebound/audit";
import { type PairView, type PeersCase, type PeersView, TIERS } from "@truebound/wire";
import { type PairProfiles, withProfiles } from "../audit/pair-verdicts.ts";
import { viewCase } from "../peer/mesh-case.ts";
import { viewMesh } from "../peer/mesh-view.ts";
import { NOT_LOOKED } from "../peer/mesh-words.ts";
import { viewPair } from "../peer/pair-view.ts";
import type { MeshState } from "../peer/peer-keeper.ts";
import { type Refusal, refuse } from "../refusal.ts";
import type { Parameters } from "./questions.ts";

export interface PeerPorts {
  /** null = this process has not looked yet. */
  readonly state: () => MeshState | null;
  readonly profiles: PairProfiles;
  /** Those that people set, as of now. */
  readonly customProfiles: () => Promise<readonly PairProfile[]>;
}

const NOTHING_YET: PeersView = { as_of: null, words: NOT_LOOKED, members: [], pairs: [], all_pairs: true, conflicts: [], closure: null };

export async function askPeers({ state }: PeerPorts, { domain }: Parameters): Promise<PeersView> {
  const present = state();
  return present === null ? NOTHING_YET : viewMesh(present, domain ?? null);
}

export async function askPeersCase({ state }: PeerPorts, { tier = "guaranteed" }: Parameters): Promise<PeersCase | Refusal> {
  const wanted = TIERS.find((one) => one === tier);
  if (wanted === undefined) return refuse("bad_request", `Cannot give a tier called ${said(tier)}: it is ${TIERS.join(" or ")}`);
  const present = state();
  if (present === null) return refuse("unavailable", NOT_LOOKED);
  return viewCase(present, wanted);
}

export async function askPair({ state, profiles, customProfiles }: PeerPorts, { a = "", b = "" }: Parameters): Promise<PairView | Refusal> {
  const present = state();
  if (present === null) return refuse("unavailable", NOT_LOOKED);
  const [one, other] = [findNode(present, a), findNode(present, b)];
  const strange = one === null ? a : b;
  if (one === null || other === null) return refuse("not_found", `No host and no target of a mesh has the id or name ${said(strange)}`);
  if (one === other) return refuse("bad_request", `Cannot compare ${said(a)} with itself: name two clocks`);
  return (
    viewPair(present, [one, other], withProfiles(profiles, await customProfiles())) ??
    refuse("not_found", "One of the two has left the mesh")
  );
}

/** An id wins over another one's name that looks like it. */
function findNode({ members, targets }: MeshState, idOrName: string): string | null {
  if (members.has(idOrName) || targets.has(idOrName)) return idOrName;
  const named = [...members.values()].find(({ record }) => record.name === idOrName)?.record.id;
  return named ?? [...targets.values()].find(({ name }) => name === idOrName)?.id ?? null;
}

const said = (text: string): string => JSON.stringify(text.slice(0, 80));
