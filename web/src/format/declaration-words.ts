import { atMost } from "@truebound/time";
import type { HostSource, RootDeclaration, SourceSummary } from "@truebound/wire";

type Void = NonNullable<RootDeclaration["void"]>;

const WHY: Readonly<Record<Void, string>> = {
  stratum: "it is no stratum 1",
  refid: "it follows another clock",
  leap: "it announces a leap second",
  dispersion: "it advertises more than its baseline",
  not_yet_valid: "its dates have not begun",
  no_longer_valid: "its dates are over",
};

/** Whether the source's own error is bounded by a declaration; null = nothing is declared of it. */
export function declarationWords({ declaration }: Pick<HostSource, "declaration">): string | null {
  if (declaration === undefined) return null;
  const { ns, signer, void: why } = declaration;
  if (why !== null) return `root: advertised, since the declaration is void: ${WHY[why as Void]}`;
  return `root: declared, at most ${atMost(BigInt(ns))} by ${signer}`;
}

/** All that a declaration says, for who looks closer. */
export const declarationTitle = ({ document, valid_from, valid_to }: RootDeclaration): string =>
  `document sha256 ${document}, from ${valid_from} to ${valid_to}`;

/** The same as far as it tells two apart. */
export const declarationNote = ({ document, valid_from, valid_to }: RootDeclaration): string =>
  `document ${document.slice(0, 12)}…, ${dayOrInstant(valid_from)} to ${dayOrInstant(valid_to)}`;

const dayOrInstant = (instant: string): string => instant.replace(/T00:00:00(\.0+)?Z$/, "");

/** For how many of its users it counts; null = for none of them anything is declared. */
export function declaredFor({
  declared_for,
  declaration_void_for,
}: Pick<SourceSummary, "declared_for" | "declaration_void_for">): string | null {
  const all = declared_for + declaration_void_for;
  if (all === 0) return null;
  return declaration_void_for === 0 ? "root: declared" : `root: declared for ${declared_for} of ${all}, void for ${declaration_void_for}`;
}
