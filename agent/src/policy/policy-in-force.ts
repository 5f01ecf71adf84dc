import { type Policy, Policy as PolicySchema, validator } from "@truebound/wire";
import type { LocalSettings } from "../agent-parts.ts";
import type { BoundRow } from "../bound/bound-row.ts";
import { type Pace, PaceKeeper } from "../bound/pace.ts";
import { namesServers, parseSource, type Source, startsProgram } from "../probe/source.ts";

const isPolicy = validator(PolicySchema);

export type PolicyOffer =
  | { readonly kind: "new"; readonly policy: Policy }
  /** It is in force, was offered before, or was refused for this before. */
  | { readonly kind: "known" }
  | { readonly kind: "refused"; readonly why: string };

/** The last good policy of the server, and what this host insists on beside it. */
export class PolicyInForce {
  readonly #settings: LocalSettings;
  readonly #discovered: readonly Source[];
  readonly #keeper = new PaceKeeper();
  #policy: Policy;
  #pace: Pace;
  #offered: string | null = null;
  #refused: string | null = null;

  /** @param discovered used where neither the host nor the policy names sources. */
  constructor(policy: Policy, settings: LocalSettings, discovered: readonly Source[]) {
    this.#policy = policy;
    this.#settings = settings;
    this.#discovered = discovered;
    this.#pace = { readingS: policy.reading_interval_s, probeS: policy.probe_interval_s };
  }

  /** As the server said it. */
  get policy(): Policy {
    return this.#policy;
  }

  /** As it is acted on: at the present pace, and by what this host insists on. */
  get effective(): Policy {
    const { probeIntervalS, rhoPpb, faults, authenticated } = this.#settings;
    return {
      ...this.#policy,
      reading_interval_s: this.#pace.readingS,
      probe_interval_s: probeIntervalS ?? this.#pace.probeS,
      rho_ppb: rhoPpb ?? this.#policy.rho_ppb,
      faults: faults ?? this.#policy.faults,
      authenticated: authenticated ?? this.#policy.authenticated ?? null,
      ...declaredBy(this.#policy, this.#settings),
    };
  }

  /** For those who are not asked sooner because a limit is tight. */
  get unpaced(): Policy {
    return { ...this.effective, probe_interval_s: this.#settings.probeIntervalS ?? this.#policy.probe_interval_s };
  }

  /** Those that this host names, where one of them is an NTP server; else beside them those of the policy, or those that were found; of one name the first. */
  get sources(): readonly Source[] {
    const own = this.#settings.sources ?? [];
    if (namesServers(own)) return own;
    const named = (this.#policy.sources ?? []).flatMap(namedFromAfar);
    const others = named.length > 0 ? named : this.#discovered;
    return [...own, ...others].filter(({ id }, index, all) => all.findIndex((one) => one.id === id) === index);
  }

  /** The leap list that it wants in force: the host's own before that of the policy. */
  get leapList(): string | undefined {
    return this.#settings.leapList ?? this.#policy.leap_list;
  }

  /** Judges what the server offers. The leap list comes now and then only; without one the last good one stays. */
  judge(given: unknown, leapList: string | null): PolicyOffer {
    if (!isPolicy.accepts(given)) return this.#refuse(given);
    const policy = given.leap_list === undefined && leapList !== null ? { ...given, leap_list: leapList } : given;
    const text = JSON.stringify(policy);
    if (text === this.#offered || text === JSON.stringify(this.#policy)) return { kind: "known" };
    this.#offered = text;
    return { kind: "new", policy };
  }

  #refuse(given: unknown): PolicyOffer {
    const [error] = isPolicy.errors(given);
    const why = `${error?.pointer || "/"}: ${error?.detail ?? "not a policy"}`;
    if (this.#refused === why) return { kind: "known" };
    this.#refused = why;
    return { kind: "refused", why };
  }

  take(policy: Policy): void {
    this.#policy = policy;
  }

  /** A policy is kept with the list that is in force beside it. */
  keepLeapList(text: string | null): void {
    const { leap_list: _, ...rest } = this.#policy;
    this.#policy = text === null ? rest : { ...rest, leap_list: text };
  }

  /** What an exchange leaves of the limit decides how soon the next one is wanted. */
  learn(row: BoundRow): void {
    this.#keeper.learn(row);
  }

  /** Sets the pace for what is known now; false = it is as it was. */
  repace(room: Parameters<PaceKeeper["pace"]>[1]): boolean {
    const wanted = this.#keeper.pace(this.#policy, room);
    const isNew = wanted !== this.#pace;
    this.#pace = wanted;
    return isNew;
  }
}

/** A source as a policy names it. Nobody from elsewhere has a program started on this host. */
function namedFromAfar(text: string): Source[] {
  const source = parseSource(text);
  return typeof source === "string" || startsProgram(source) ? [] : [source];
}

/** What counts though its error is only declared: as either says. */
function declaredBy(policy: Policy, settings: LocalSettings): Pick<Policy, "declared"> {
  const declared = [...new Set([...(policy.declared ?? []), ...(settings.declared ?? [])])];
  return declared.length === 0 ? {} : { declared };
}
