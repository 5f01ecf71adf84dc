import { type Inventory, isInForce, type Profile, profileText, sayProfile } from "@truebound/audit";
import type { UtcInstant } from "@truebound/time";
import {
  type ExemptionList,
  type ExemptionRequest,
  type ExemptionView,
  type ExemptionWithdrawal,
  type InventoryRequest,
  type InventoryView,
  nearest,
  type ProfileList,
  type ProfileView,
  type ScopeList,
  type WithdrawnView,
} from "@truebound/wire";
import { checkInventory, viewExemption, viewScope, whyNot } from "../audit/declare.ts";
import type { InventoryCheck } from "../audit/inventory/compare.ts";
import { type ParseYaml, readInventory } from "../audit/inventory/read-inventory.ts";
import type { AnyProfile } from "../audit/profile-words.ts";
import { allProfiles, type TextHash } from "../audit/profiles.ts";
import { periodOf } from "../audit/scope-requests.ts";
import { type AuditDeclarations, EVER } from "../audit/scopes.ts";
import { type Refusal, refuse } from "../refusal.ts";
import type { Parameters } from "./questions.ts";

export interface AuditPorts {
  readonly store: AuditDeclarations;
  /** Those that people set, as of now. */
  readonly customProfiles: () => Promise<readonly Profile[]>;
  readonly parseYaml: ParseYaml;
  readonly sha256: TextHash;
}

const viewProfile = (profile: AnyProfile, at: UtcInstant, sha256: TextHash): ProfileView => ({
  profile: sayProfile(profile),
  sha256: sha256(profileText(profile)),
  in_force: isInForce(profile, at),
});

export async function askProfiles({ store, customProfiles, sha256 }: AuditPorts): Promise<ProfileList> {
  const at = await store.now();
  return { items: allProfiles(await customProfiles()).map((profile) => viewProfile(profile, at, sha256)), next: null };
}

export async function askProfile({ store, customProfiles, sha256 }: AuditPorts, { id = "" }: Parameters): Promise<ProfileView | Refusal> {
  const profiles = allProfiles(await customProfiles());
  const profile = profiles.find((one) => one.id === id);
  if (profile !== undefined) return viewProfile(profile, await store.now(), sha256);
  const ids = profiles.map((one) => one.id);
  return refuse("not_found", `There is no profile ${JSON.stringify(id.slice(0, 80))}; did you mean ${nearest(id, ids)}?`);
}

export const askScopes = async ({ store }: AuditPorts): Promise<ScopeList> => ({
  items: (await store.scopes(await store.now())).map(viewScope),
  next: null,
});

/** A person declares each of them by hand, so they fit into one page. */
export const askExemptions = async ({ store }: AuditPorts): Promise<ExemptionList> => ({
  items: (await store.exemptions(EVER)).map(viewExemption),
  next: null,
});

export async function addExemption({ store }: AuditPorts, request: ExemptionRequest): Promise<ExemptionView | Refusal> {
  const { scope, host = null, from, to, reason, who } = request;
  const period = periodOf(from, to);
  if (typeof period === "string") return refuse("malformed", period);
  const added = await store.addExemption({ scope, host, period, reason, who });
  const kind = added === "not_in_scope" ? "malformed" : "not_found";
  return typeof added === "string" ? refuse(kind, `Cannot exempt: ${whyNot(added, { scope, host })}`) : viewExemption(added);
}

/** It stays in the list. */
export async function withdrawExemption(
  { store }: AuditPorts,
  { id = "" }: Parameters,
  { reason, who }: ExemptionWithdrawal,
): Promise<WithdrawnView | Refusal> {
  const done = await store.withdrawExemption(id, { reason, who });
  const cannot = `Cannot withdraw exemption ${id}`;
  if (done === "no_exemption") return refuse("not_found", `${cannot}: there is none; GET /api/v1/exemptions lists all`);
  if (done === "withdrawn") return refuse("bad_request", `${cannot}: it was withdrawn before; GET /api/v1/exemptions says by whom`);
  return { exemption: viewExemption(done.exemption), reports: [...done.reports] };
}

export async function askInventory({ store }: AuditPorts): Promise<InventoryView> {
  const inventory = await store.inventory();
  if (inventory === null) return { inventory, listed: 0, missing: [], unlisted: [] };
  return viewInventory(inventory, await checkInventory(store, inventory));
}

export async function importInventory(ports: AuditPorts, { kind, source, text, who }: InventoryRequest): Promise<InventoryView | Refusal> {
  const read = readInventory(kind, text, ports.parseYaml);
  if ("problem" in read) return refuse("malformed", `Cannot import this text as ${kind}: ${read.problem}`);
  const inventory = await ports.store.addInventory({ kind, source, sha256: ports.sha256(text), hosts: read.hosts }, who);
  return viewInventory(inventory, await checkInventory(ports.store, inventory));
}

const viewInventory = (inventory: Inventory, { listed, missing, unlisted }: InventoryCheck): InventoryView => ({
  inventory: { ...inventory, hosts: [...inventory.hosts] },
  listed,
  missing: [...missing],
  unlisted: [...unlisted],
});
