import { type Packet, toUtc } from "@truebound/ntp";
import { BILLION, divCeil, type UtcInstant } from "@truebound/time";
import type { RootVoid } from "@truebound/wire";

/**
 * What somebody declares of a server's own error, in place of what it advertises: an appliance of ntpd's kind never advertises less than
 * about a millisecond, whatever it is worth. It counts only while the server is at its baseline, and within its dates.
 */
export interface DeclaredRoot {
  /** Greatest |server's clock − UTC|, ns: takes the place of root delay / 2 + root dispersion and their rounding in M1. */
  readonly ns: bigint;
  /** SHA-256, in hex, of the document that says so, and who signed that. */
  readonly document: string;
  readonly signer: string;
  /** From the first instant on, and before the second. */
  readonly from: UtcInstant;
  readonly to: UtcInstant;
  /** The baseline: a stratum 1 with this code and no leap announced, that advertises no more than this, ns. */
  readonly refid: number;
  readonly mostAdvertisedNs: bigint;
}

type Said = Pick<Packet, "stratum" | "refid" | "leap" | "rootDelay" | "rootDispersion" | "receive">;

/** The parts of a reply that a baseline speaks of, and what is wrong with each; the first that is. Null = the declaration counts for it. */
export function whyVoid(declared: DeclaredRoot, said: Said): RootVoid | null {
  if (said.stratum !== 1) return "stratum";
  if (said.refid !== declared.refid) return "refid";
  if (said.leap !== 0) return "leap";
  if (advertisedNs(said) > declared.mostAdvertisedNs) return "dispersion";
  // By the server's own clock: if that is not UTC to within what is declared, the declaration is false anyway.
  const at = toUtc(said.receive);
  if (at < declared.from) return "not_yet_valid";
  return at < declared.to ? null : "no_longer_valid";
}

/** Root delay / 2 + root dispersion, each rounded up, ns. */
const advertisedNs = ({ rootDelay, rootDispersion }: Said): bigint =>
  divCeil(BigInt(rootDelay) * BILLION, 1n << 17n) + divCeil(BigInt(rootDispersion) * BILLION, 1n << 16n);

const FIELDS = ["ns", "document", "signer", "from", "to", "refid", "mostAdvertisedNs"] as const;

/** Also where there is none on either side. */
export const isSameDeclaration = (a: DeclaredRoot | undefined, b: DeclaredRoot | undefined): boolean =>
  FIELDS.every((field) => a?.[field] === b?.[field]);
