import { maxOf } from "@truebound/time";
import { type AuditScopes, type DatedScope, EVER, isInScope } from "../audit/scopes.ts";
import type { LabelSet } from "../policy/choose-policy.ts";
import { type Refusal, refuse } from "../refusal.ts";

/** A scope that a question about the past names, in each form that it ever had. */
export interface AskedScope {
  readonly name: string;
  readonly forms: readonly DatedScope[];
}

export type ScopeBook = Pick<AuditScopes, "scopes">;

export async function askedScope(book: ScopeBook, name: string): Promise<AskedScope | Refusal> {
  const forms = (await book.scopes(EVER)).filter(({ scope }) => scope.name === name);
  return forms.length > 0
    ? { name, forms }
    : refuse("bad_request", `There is no scope ${JSON.stringify(name.slice(0, 60))}; truebound scope list shows all`);
}

/** The same of a question that may name none. */
export const askedScopeIfAny = async (book: ScopeBook, name: string | undefined): Promise<AskedScope | Refusal | null> =>
  name === undefined ? null : askedScope(book, name);

interface Stretch {
  readonly from: bigint;
  readonly to: bigint;
}

export type NoForm = "scope_not_in_force" | "host_not_in_scope";

/** The forms that were in force when an event can have happened, the host being in each; text = why none is. */
export function formsAt({ forms }: AskedScope, labels: LabelSet, places: readonly Stretch[]): readonly DatedScope[] | NoForm {
  const holds = ({ from, to }: DatedScope, at: bigint) => from <= at && (to === null || at < to);
  const touches = (form: DatedScope) => places.some(({ from, to }) => form.from <= to && (form.to === null || from < form.to));
  const found = forms.filter(touches);
  if (!places.every(({ from, to }) => [from, to].every((at) => found.some((form) => holds(form, at))))) return "scope_not_in_force";
  return found.every(({ scope }) => isInScope({ labels }, scope)) ? found : "host_not_in_scope";
}

/** By how much an event may lie beside the reading of the clock that stamped it, either way: the greatest of several forms. */
export const appErrorOf = (forms: readonly DatedScope[]): bigint =>
  forms.reduce((most, { scope }) => maxOf(most, BigInt(scope.app_error_ns)), 0n);
