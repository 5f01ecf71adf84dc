import { formatUtc, maxOf, minOf, parseUtc, utc } from "@truebound/time";
import { isShipped } from "../profiles/published.ts";
import { groupName } from "../report/derived-group.ts";
import { membersOf } from "../report/members.ts";
import type { ManifestMember, ManifestResult, ReportManifest } from "../report-manifest.ts";
import type { AuditScope } from "../scope.ts";
import type { Declaration } from "./declared-leaves.ts";
import { BundleFault, type DatedHours, type WireForms } from "./ports.ts";
import { same } from "./same.ts";

type Ports = { readonly wire: Pick<WireForms, "hoursOf"> };
type Schedule = ManifestResult["schedule"];

/** Of step 5: scopes, hours, exemptions and profiles are those that were declared, each in the form that was in force. */
export function checkDeclaredFacts(manifest: ReportManifest, declared: readonly Declaration[], { wire }: Ports): void {
  const facts = new DeclaredFacts(manifest, declared, wire);
  facts.checkProfiles();
  const forms = facts.scopes();
  for (const result of manifest.results) {
    facts.checkSchedule(result, forms);
    facts.checkExemptions(result);
  }
  for (const form of forms) facts.checkHosts(form);
}

/** A scope in the form that it had for some time, and when of the period it asks. */
interface ScopeForm {
  readonly scope: AuditScope;
  readonly schedule: Schedule;
  /** By key. */
  readonly asked: ReadonlyMap<string, ManifestMember>;
}

const fault = (rule: string, detail: string, host: string | null = null): BundleFault =>
  new BundleFault("profiles", rule, detail, { host });

const HORIZON_NS = "30000000000";

/** What is asked by hand has no terms of its own. */
const scopeByHand = (name: string, profile: Readonly<Record<string, unknown>>): AuditScope => ({
  name,
  profile: String(profile.id),
  hosts: {},
  calendar: null,
  service: null,
  activity: null,
  stamp_point: null,
  app_error_ns: "0",
  horizon_ns: typeof profile.horizon_ns === "string" ? profile.horizon_ns : HORIZON_NS,
  counts_unverified: profile.counts_unverified === true,
  minimum_proven_ppm: null,
});

class DeclaredFacts {
  readonly #manifest: ReportManifest;
  readonly #byWhat: ReadonlyMap<string, readonly Declaration[]>;
  readonly #wire: Ports["wire"];
  readonly #from: bigint;
  readonly #to: bigint;

  constructor(manifest: ReportManifest, declared: readonly Declaration[], wire: Ports["wire"]) {
    this.#manifest = manifest;
    const byWhat = new Map<string, Declaration[]>();
    for (const one of declared) byWhat.set(one.what, [...(byWhat.get(one.what) ?? []), one]);
    this.#byWhat = byWhat;
    this.#wire = wire;
    const [from, to] = [parseUtc(manifest.period.from), parseUtc(manifest.period.to)];
    if (from === null || to === null) throw new BundleFault("results", "period", "The period is none");
    [this.#from, this.#to] = [from, to];
  }

  #of = (what: string): readonly Declaration[] => this.#byWhat.get(what) ?? [];

  /** The text in force as the period began; of one that came later, or was gone by then, the nearest to it. */
  checkProfiles(): void {
    for (const { profile } of this.#manifest.profiles) {
      if (isShipped(profile.id)) continue;
      const forms = this.#of(`profile ${String(profile.id)}`).filter(({ body }) => body !== null);
      const form = forms.findLast(({ at }) => at <= this.#from) ?? forms[0];
      if (form === undefined) throw fault("profile_leaf", `No leaf of the log says what profile ${String(profile.id)} is`);
      if (!same({ ...form.body, id: profile.id }, profile))
        throw fault("profile_leaf", `Profile ${String(profile.id)} is not the one that was declared`);
    }
  }

  scopes(): readonly ScopeForm[] {
    const { scopes, profiles } = this.#manifest;
    const byHand = scopes.filter(
      ({ name, profile }) => name === `by-hand/${profile}` || (name === "by-hand" && this.#of(`scope ${name}`).length === 0),
    );
    for (const scope of byHand) {
      const profile = profiles.find((one) => one.profile.id === scope.profile)?.profile ?? {};
      if (!same(scope, scopeByHand(scope.name, profile)))
        throw fault("scope_leaf", `Scope ${scope.name} has terms, and nobody declared it`);
    }
    const names = [...new Set(scopes.filter((scope) => !byHand.includes(scope)).map(({ name }) => name))];
    const asked = new Set(profiles.map(({ profile }) => profile.id));
    const forms = names.flatMap((name) => this.#formsOf(name, asked));
    const invented = scopes.find((scope) => !byHand.includes(scope) && !forms.some((form) => same(form.scope, scope)));
    if (invented !== undefined) throw fault("scope_leaf", `Scope ${invented.name} is not as it was declared for any time of the period`);
    const left = forms.find(({ scope }) => !scopes.some((one) => same(one, scope)));
    if (left !== undefined)
      throw fault("scope_leaf", `Scope ${left.scope.name} was declared in another form too, which the manifest leaves out`);
    return [...byHand.map((scope) => this.#form(scope, this.#from, null)), ...forms];
  }

  /** Those against profiles of the report. Each leaf of a name ends the one before it. */
  #formsOf(name: string, asked: ReadonlySet<unknown>): ScopeForm[] {
    const all = this.#of(`scope ${name}`);
    return all.flatMap(({ at, body }, index) => {
      const until = all[index + 1]?.at ?? null;
      if (body === null || at >= this.#to || (until !== null && until <= this.#from) || !asked.has(body.profile)) return [];
      return [this.#form({ ...body, name } as unknown as AuditScope, at, until)];
    });
  }

  #form = (scope: AuditScope, from: bigint, to: bigint | null): ScopeForm => ({
    scope,
    schedule: this.#within(scope.calendar, from, to),
    asked: this.#askedBy(scope),
  });

  /** When the calendar is open, as far as the scope was in force. */
  #within(calendar: string | null, from: bigint, to: bigint | null): Schedule {
    const period = { from: this.#from, to: this.#to };
    const open = calendar === null ? [period] : this.#wire.hoursOf(this.#calendar(calendar), period);
    if ("unknownTimezone" in open) throw fault("timezone", `This machine has no rules of timezone ${open.unknownTimezone}`);
    return open
      .map((one) => ({ from: maxOf(one.from, from), to: to === null ? one.to : minOf(one.to, to) }))
      .filter((one) => one.from < one.to)
      .map((one) => [formatUtc(utc(one.from)), formatUtc(utc(one.to))] as const);
  }

  #calendar(name: string): readonly DatedHours[] {
    const forms = this.#of(`calendar ${name}`);
    if (forms.length === 0) throw fault("calendar_leaf", `No leaf of the log says when calendar ${name} is open`);
    if (!forms.every(({ body }) => body === null || isCalendar(body))) throw fault("calendar_leaf", `A leaf of calendar ${name} is none`);
    return forms.map(({ at, body }) => ({ calendar: body === null ? null : { ...body, name }, from: at }));
  }

  checkSchedule(result: ManifestResult, forms: readonly ScopeForm[]): void {
    const own = forms.filter(({ scope }) => scope.name === result.scope && scope.profile === result.profile && fitsTerms(scope, result));
    const fitting = own.filter(({ schedule }) => same(schedule, result.schedule));
    if (fitting.length === 0) throw fault("schedule", `${result.name}: its hours are not those of scope ${result.scope}`, result.host);
    if (!fitting.some(({ asked }) => asked.has(keyOf(result))))
      throw fault("scope_hosts", `${result.name} is not in scope ${result.scope}, and has a result of it`, result.host);
  }

  checkExemptions({ name, host, scope, group, exemptions }: ManifestResult): void {
    const declared = [...this.#byWhat].flatMap(([what, leaves]) => (what.startsWith("exemption ") ? [bodyOf(leaves)] : []));
    const wrong = exemptions.find((said) => !declared.some((one) => same(one, said)));
    if (wrong !== undefined) throw fault("exemption_leaf", `${name}: exemption ${wrong.id} is not as it was declared`, host);
    const left = declared.find(
      (one) =>
        one.scope === scope &&
        (group !== undefined || one.host === null || one.host === host) &&
        !exemptions.some(({ id }) => id === one.id),
    );
    if (left !== undefined) throw fault("exemption_leaf", `${name}: exemption ${String(left.id)} was declared, and is left out`, host);
  }

  /** All that a scope asks is answered. */
  checkHosts({ scope, schedule, asked }: ScopeForm): void {
    const answers = this.#manifest.results.filter((one) => one.scope === scope.name && one.profile === scope.profile);
    const answered = new Set(answers.filter((one) => same(one.schedule, schedule)).map(keyOf));
    const left = [...asked.values()].find((member) => !answered.has(keyOf(member)));
    if (left !== undefined) throw fault("scope_hosts", `${left.name} is in scope ${scope.name}, and no result says so`, left.host);
  }

  /** Of a scope of pairs, its group: by key. */
  #askedBy({ name, profile: id, hosts: labels }: AuditScope): ReadonlyMap<string, ManifestMember> {
    const { hosts, profiles, inventory, chosen_hosts } = this.#manifest;
    const members = membersOf(hosts, labels, inventory?.missing ?? []);
    const isOfPairs = profiles.find(({ profile }) => profile.id === id)?.profile.kind === "pair";
    const asked = isOfPairs ? members.slice(0, 1).map(() => ({ host: null, name: groupName(name, chosen_hosts) })) : members;
    return new Map(asked.map((member) => [keyOf(member), member]));
  }
}

const keyOf = ({ host, name }: ManifestMember): string => JSON.stringify([host, name]);

const isCalendar = ({ timezone, days, open, close, holidays }: Readonly<Record<string, unknown>>): boolean =>
  typeof timezone === "string" && [open, close].every(isWallTime) && [days, holidays].every(isTexts);
const isWallTime = (one: unknown): boolean => typeof one === "string" && /^\d\d:\d\d$/.test(one);
const isTexts = (all: unknown): boolean => Array.isArray(all) && all.every((one) => typeof one === "string");

const fitsTerms = (scope: AuditScope, { terms, service, activity, stamp_point }: ManifestResult): boolean =>
  scope.app_error_ns === terms.app_error_ns &&
  scope.horizon_ns === terms.horizon_ns &&
  scope.counts_unverified === terms.counts_unverified &&
  scope.minimum_proven_ppm === terms.minimum_proven_ppm &&
  scope.service === service &&
  scope.activity === activity &&
  scope.stamp_point === stamp_point;

/** As its last leaf says, without the name that its host had then. */
function bodyOf(leaves: readonly Declaration[]): Readonly<Record<string, unknown>> {
  const { host_name: _, ...body } = leaves.at(-1)?.body ?? {};
  return body;
}
