import { canonicalJson, type Json, type ReportManifest, renderedText, reportText } from "@truebound/audit";
import { parseUtc, type UtcInstant } from "@truebound/time";
import { sayUnbooked } from "./left-behind.ts";
import { hexOf, sayHead } from "./manifest-of.ts";
import type { MadeReport, SignedHead } from "./ports.ts";
import { profileVerdicts } from "./profile-verdicts.ts";
import type { Plan } from "./report-plan.ts";
import type { ReportPorts } from "./report-ports.ts";
import type { ReportRequest } from "./request.ts";

/** The manifest, its signature, and what people read of it; then it is remembered. */
export async function sign(
  ports: ReportPorts,
  request: ReportRequest,
  plan: Plan,
  manifest: ReportManifest,
  sealed: SignedHead,
): Promise<MadeReport> {
  const { sink, signer, book } = ports;
  const text = canonicalJson(manifest as unknown as Json);
  const sha256 = hexOf(ports, text);
  const signature = Buffer.from(signer.sign(reportText(sha256))).toString("base64url");
  await sink.write("manifest.json", text);
  await sink.write("manifest.sig", `${JSON.stringify({ key_id: signer.keyId, public_key: manifest.issuer.public_key, signature })}\n`);
  const rendered = await ports.render(text, sha256);
  for (const { name, bytes } of rendered) await sink.write(name, bytes);
  const files = Object.fromEntries(
    rendered.map(({ name, bytes }) => [name, Buffer.from(ports.crypto.sha256(bytes)).toString("hex")]).sort(),
  );
  const over = Buffer.from(signer.sign(renderedText(sha256, files))).toString("base64url");
  await sink.write("rendered.json", `${JSON.stringify({ files, signature: over })}\n`);
  const made: MadeReport = {
    id: manifest.id,
    from: request.from,
    to: request.to,
    createdAt: parseUtc(manifest.created_at) as UtcInstant,
    final: manifest.final,
    sha256,
    resultsSha256: manifest.results_sha256,
    head: sayHead(sealed),
    scope: plan.scopes.map(({ scope: { name, profile } }) => `${name}: ${profile}`).join(", "),
    request: {
      profiles: [...request.profiles].sort(),
      hosts: [...request.hosts].sort(),
      ...(request.scopes === undefined || request.scopes.length === 0 ? {} : { scopes: [...request.scopes].sort() }),
      ...(request.schedule === undefined ? {} : { schedule: request.schedule }),
    },
    place: sink.place,
    manifest: text,
    verdicts: profileVerdicts(manifest),
  };
  await sink.finish(sayUnbooked(made));
  await book.add(made);
  await sink.booked();
  return made;
}
