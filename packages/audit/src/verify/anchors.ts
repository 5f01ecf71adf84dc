import { fieldsOf, text } from "./fields.ts";
import { BundleFault, type VerifyPorts } from "./ports.ts";

/** Step 2. A token is named after the head that it is over: the SHA-256 of a head's root is its imprint. */
export async function checkAnchors({ files, crypto, readAnchor }: VerifyPorts): Promise<void> {
  const tokens = (await files.list("anchors")).filter((name) => name.endsWith(".tsr"));
  if (tokens.length === 0) return;
  if (readAnchor === undefined) throw new BundleFault("anchors", "unread", "There are anchors, and this verifier cannot read them");
  const roots = new Map<string, Uint8Array>();
  for await (const line of files.lines("log.ndjson")) {
    const fields = fieldsOf(line, "anchors");
    if (fields.line.kind === "head") roots.set(text(fields, "root"), crypto.fromHex(text(fields, "root")) ?? new Uint8Array());
  }
  for (const name of tokens) {
    const root = roots.get(name.slice(0, -".tsr".length));
    const token = await files.read(`anchors/${name}`);
    if (root === undefined || token === null || readAnchor(token, crypto.sha256(root)) === null)
      throw new BundleFault("anchors", "anchor", `anchors/${name} is over no head of this report`);
  }
}
