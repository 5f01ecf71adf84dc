import { createHash } from "node:crypto";
import type { Component } from "./component.ts";

export interface Artefact {
  /** Of the product in it. */
  readonly name?: string;
  /** Its file name. */
  readonly file: string;
  readonly version: string;
  readonly sha256: string;
  /** Seconds since 1970 of the source that it was built from. */
  readonly epoch: number;
}

/** What an artefact is made of, as CycloneDX 1.6; the same artefact always has the same SBOM. */
export function sbom({ name = "truebound-agent", file, version, sha256, epoch }: Artefact, components: readonly Component[]): object {
  return {
    $schema: "http://cyclonedx.org/schema/bom-1.6.schema.json",
    bomFormat: "CycloneDX",
    specVersion: "1.6",
    serialNumber: `urn:uuid:${uuidOf(`${file} ${sha256}`)}`,
    version: 1,
    metadata: {
      timestamp: `${new Date(epoch * 1000).toISOString().slice(0, 19)}Z`,
      component: {
        type: "application",
        "bom-ref": name,
        name,
        version,
        description: file,
        licenses: [{ license: { id: "Apache-2.0" } }],
        hashes: [{ alg: "SHA-256", content: sha256 }],
      },
    },
    components: components.map(part),
    dependencies: [{ ref: name, dependsOn: components.map(urlOf) }],
  };
}

const part = (component: Component): object => ({
  type: component.name.startsWith("node-linux-") ? "platform" : "library",
  "bom-ref": urlOf(component),
  name: component.name,
  version: component.version,
  licenses: [{ license: { id: component.licence } }],
  purl: urlOf(component),
  ...(component.sha256 === undefined ? {} : { hashes: [{ alg: "SHA-256", content: component.sha256 }] }),
});

/** Package URL: the @ of a scope is written %40. */
const urlOf = ({ name, version }: Component): string => `pkg:npm/${name.replace("@", "%40")}@${version}`;

/** A UUID of version 8 that follows from the text alone. */
function uuidOf(text: string): string {
  const hex = createHash("sha256").update(text).digest("hex");
  return [hex.slice(0, 8), hex.slice(8, 12), `8${hex.slice(13, 16)}`, `a${hex.slice(17, 20)}`, hex.slice(20, 32)].join("-");
}
