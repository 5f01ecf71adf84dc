import { readTimestampResponse, verifyToken } from "../anchor/index.ts";
import type { LogProofs } from "./log-proofs.ts";
import { BundleFault, type VerifyPorts } from "./ports.ts";

/** Step 2. A response is named after what it is over: the SHA-256 of the text of an anchored head. */
export async function checkAnchors({ files, crypto, token }: VerifyPorts, proofs: LogProofs): Promise<void> {
  const names = [...(await files.list("anchors"))].sort();
  for (const name of names) {
    const imprint = name.replace(/\.tsr$/, "");
    const response = await files.read(`anchors/${name}`);
    const read = response === null ? null : readTimestampResponse(response);
    const sha256 = crypto.fromHex(imprint);
    const trouble =
      read === null || "refused" in read || sha256 === null
        ? "it is no granted response of RFC 3161"
        : verifyToken(read.token, { sha256, nonce: null }, token);
    if (trouble !== null) throw new BundleFault("anchors", "anchor", `anchors/${name} does not hold: ${trouble}`);
    if (!proofs.isAnchored(imprint) || name !== `${imprint}.tsr`)
      throw new BundleFault("anchors", "anchor", `anchors/${name} is over no head of this report`);
  }
  const bare = proofs.anchored.find((imprint) => !names.includes(`${imprint}.tsr`));
  if (bare !== undefined) throw new BundleFault("anchors", "missing", `anchors/${bare}.tsr is not there`);
}
