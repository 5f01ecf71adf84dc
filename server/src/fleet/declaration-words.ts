import { atMost } from "@truebound/time";
import type { RootDeclaration, RootVoid } from "@truebound/wire";

/** What is declared of a server's own error, by what, and for how long. */
export const declarationInWords = ({ ns, document, signer, valid_from, valid_to }: RootDeclaration): string =>
  `at most ${atMost(BigInt(ns))} by ${signer}, document sha256 ${document}, ${valid_from} to ${valid_to}`;

/** What is not as declared. */
export const ROOT_VOID_WORDS: Readonly<Record<RootVoid, string>> = {
  stratum: "it is no stratum 1",
  refid: "it follows another clock than declared",
  leap: "it announces a leap second",
  dispersion: "it advertises more than its baseline",
  not_yet_valid: "the declaration's dates have not begun",
  no_longer_valid: "the declaration's dates are over",
};
