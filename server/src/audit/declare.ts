import { type AuditScope, exemptTime, type Inventory } from "@truebound/audit";
import { atMost, formatUtc } from "@truebound/time";
import type { Told } from "../admin/admin.ts";
import { sayLabels } from "../admin/labels.ts";
import { compareInventory, type InventoryCheck } from "./inventory/compare.ts";
import { type ParseYaml, readInventory } from "./inventory/read-inventory.ts";
import type { TextHash } from "./profiles.ts";
import type { ScopeRequest } from "./scope-requests.ts";
import { type AuditDeclarations, type DatedScope, EVER, isLate, type KnownExemption, type NewExemption } from "./scopes.ts";

export interface DeclarePorts {
  readonly store: AuditDeclarations;
  /** Fails with a reason when it cannot be read. */
  readonly read: (path: string) => Promise<string>;
  readonly parseYaml: ParseYaml;
  readonly sha256: TextHash;
}

/** Does what a person asked for on the command line. */
export async function declare(ports: DeclarePorts, request: ScopeRequest): Promise<Told> {
  const { store } = ports;
  switch (request.do) {
    case "list_scopes":
      return listScopes(await store.scopes(await store.now()), request.json);
    case "add_exemption":
      return addExemption(store, request.exemption, request.json);
    case "withdraw_exemption":
      return withdrawExemption(store, request);
    case "list_exemptions":
      return listExemptions(await store.exemptions(EVER), request.json);
    case "import_inventory":
      return importInventory(ports, request);
    case "show_inventory":
      return showInventory(store, request.json);
    default:
      return request satisfies never;
  }
}

const out = (text: string, err = ""): Told => ({ code: 0, out: text, err });
const say = (err: string): Told => out("", `${err}\n`);
const refuse = (err: string): Told => ({ code: 1, out: "", err: `${err}\n` });
const inJson = (value: object): string => `${JSON.stringify(value, null, 2)}\n`;

export const viewScope = ({ scope, from, declaredBy }: DatedScope) => ({ ...scope, declared_by: declaredBy, declared_at: formatUtc(from) });
export const viewExemption = (exemption: KnownExemption) => ({ ...exemption, late: isLate(exemption) });

function listScopes(scopes: readonly DatedScope[], json: boolean): Told {
  if (json) return out(inJson({ items: scopes.map(viewScope), next: null }));
  return scopes.length === 0
    ? say("No scope is declared; truebound apply sets scopes (docs/scopes.md)")
    : out(scopes.map(scopeLine).join(""));
}

const scopeLine = ({ scope, from, declaredBy }: DatedScope): string =>
  `${scope.name}  ${scope.profile}  hosts with${sayLabels(scope.hosts) || " any labels"}  ${scope.calendar ?? "always"}${detailsOf(scope)}  (${declaredBy}, ${formatUtc(from)})\n`;

const detailsOf = ({ app_error_ns, horizon_ns, counts_unverified, minimum_proven_ppm }: AuditScope): string =>
  [
    ...(app_error_ns === "0" ? [] : [`application error ${atMost(BigInt(app_error_ns))}`]),
    `horizon ${atMost(BigInt(horizon_ns))}`,
    ...(counts_unverified ? ["unverified bounds count"] : []),
    ...(minimum_proven_ppm === null ? [] : [`passes from ${minimum_proven_ppm / 10_000}% proven`]),
  ]
    .map((detail) => `  ${detail}`)
    .join("");

async function addExemption(store: AuditDeclarations, exemption: NewExemption, json: boolean): Promise<Told> {
  const added = await store.addExemption(exemption);
  if (typeof added === "string") return refuse(`Cannot exempt: ${whyNot(added, exemption)}`);
  return out(json ? inJson(viewExemption(added)) : `${added.id}\n`, `${sayExemption(added)}\n`);
}

async function withdrawExemption(
  store: AuditDeclarations,
  { id, reason, who }: Extract<ScopeRequest, { do: "withdraw_exemption" }>,
): Promise<Told> {
  const done = await store.withdrawExemption(id, { reason, who });
  if (done === "no_exemption") return refuse(`Cannot withdraw exemption ${id}: there is none; truebound exemption list shows all`);
  if (done === "withdrawn")
    return refuse(`Cannot withdraw exemption ${id}: it was withdrawn before; truebound exemption list says by whom`);
  const { exemption, reports } = done;
  return out(
    "",
    [
      `Exemption ${id} of ${whomOf(exemption)} ${withdrawnInWords(exemption)}`,
      ...reports.map((report) => `Report ${report} rests on it, and stays as it is; make the period again for one that does not`),
      "",
    ].join("\n"),
  );
}

function withdrawnInWords({ from, to, declared_at, withdrawn_at, withdrawn_by }: KnownExemption): string {
  if (withdrawn_at === undefined) return "";
  const effect = exemptTime({ from, to, declaredAt: declared_at }, withdrawn_at);
  const held = effect === null ? "before it began: it exempts nothing" : `it exempts time to ${effect.to}, and hides no violation`;
  return `withdrawn as of ${withdrawn_at} by ${withdrawn_by}, ${held}`;
}

const WHY_NOT = {
  no_scope: ({ scope }) => `no scope ${JSON.stringify(scope)} is in force; truebound scope list shows all`,
  no_host: ({ host }) => `no host has the id or name ${JSON.stringify(host)}`,
  not_in_scope: ({ scope, host }) =>
    `host ${JSON.stringify(host)} is not in scope ${JSON.stringify(scope)}, since it does not carry all of its labels; truebound scope list shows them; name a scope that it is in`,
} as const satisfies Record<string, (asked: Pick<NewExemption, "scope" | "host">) => string>;

export const whyNot = (why: keyof typeof WHY_NOT, asked: Pick<NewExemption, "scope" | "host">): string => WHY_NOT[why](asked);

export const LATE = "declared after it began, so it hides no violation";

const sayExemption = (exemption: KnownExemption): string =>
  `Exemption ${exemption.id} of ${whomOf(exemption)} is declared as of ${exemption.declared_at}${isLate(exemption) ? `: ${LATE}` : ""}`;

const whomOf = ({ scope, host, host_name }: KnownExemption): string =>
  host === null ? `all of ${scope}` : `${host_name ?? host} in ${scope}`;

function listExemptions(exemptions: readonly KnownExemption[], json: boolean): Told {
  if (json) return out(inJson({ items: exemptions.map(viewExemption), next: null }));
  return exemptions.length === 0 ? say("No exemption was ever declared") : out(exemptions.map(exemptionLine).join(""));
}

const exemptionLine = (exemption: KnownExemption): string => {
  const { id, from, to, reason, declared_by, declared_at } = exemption;
  return `${id}  ${whomOf(exemption)}  from ${from} to ${to}  ${reason} (${declared_by}, ${declared_at})${isLate(exemption) ? `  late: ${LATE}` : ""}${exemption.withdrawn_at === undefined ? "" : `  ${withdrawnInWords(exemption)}`}\n`;
};

async function importInventory(
  { store, read, parseYaml, sha256 }: DeclarePorts,
  { kind, file, who }: Extract<ScopeRequest, { do: "import_inventory" }>,
): Promise<Told> {
  const source = file === "-" ? "standard input" : file;
  const text = await read(file).catch((error: unknown) => (error instanceof Error ? error : new Error(String(error))));
  if (text instanceof Error) return refuse(`Cannot read ${source}: ${text.message}`);
  const found = readInventory(kind, text, parseYaml);
  if ("problem" in found) return refuse(`Cannot import ${source} as ${kind}: ${found.problem}`);
  const kept = await store.addInventory({ kind, source, sha256: sha256(text), hosts: found.hosts }, who);
  const check = await checkInventory(store, kept);
  return say(
    `Imported ${counted(kept.hosts.length)} from ${source} (sha256 ${kept.sha256}): ${check.missing.length} missing, ${check.unlisted.length} in scope and not listed`,
  );
}

const counted = (hosts: number): string => (hosts === 1 ? "1 host" : `${hosts} hosts`);

export async function checkInventory(store: AuditDeclarations, { hosts }: Pick<Inventory, "hosts">): Promise<InventoryCheck> {
  const scopes = await store.scopes(await store.now());
  return compareInventory(
    hosts,
    await store.reportingHosts(),
    scopes.map(({ scope }) => scope),
  );
}

async function showInventory(store: AuditDeclarations, json: boolean): Promise<Told> {
  const inventory = await store.inventory();
  if (inventory === null)
    return json ? out(inJson({ inventory: null })) : say("No inventory was imported; truebound inventory import --help says how");
  const check = await checkInventory(store, inventory);
  if (json) return out(inJson({ inventory, ...check }));
  const { kind, source, sha256, imported_at } = inventory;
  const head = `${counted(check.listed)} listed, from ${source} (${kind}, sha256 ${sha256}, ${imported_at})\n`;
  return out(head + named("missing: no agent reports", check.missing) + named("in scope, and not listed", check.unlisted));
}

const named = (what: string, names: readonly string[]): string =>
  names.length === 0 ? `${what}: none\n` : `${what}: ${names.length}\n${names.map((name) => `  ${name}\n`).join("")}`;
