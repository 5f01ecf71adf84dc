import type { VerifyPorts, WireForms } from "@truebound/audit";
import { storedReader } from "../../report/stored-record.ts";
import { wireForms } from "../../report/wire-forms.ts";
import { openContent } from "../batch-content.ts";
import { textSha256 } from "../crypto/node-crypto.ts";
import { verifyCrypto } from "../crypto/verify-crypto.ts";
import { tokenCrypto } from "../tsa/token-crypto.ts";

/** For `truebound report verify`: nothing but the bundle is read. Its threads load no more than this. */
export const verifyPorts: Omit<VerifyPorts, "files"> = {
  crypto: verifyCrypto,
  wire: wireForms(openContent, textSha256),
  token: tokenCrypto(null),
};

/** For whoever makes a report. */
export const readStoredBody: WireForms["readBatch"] = storedReader(openContent);
