/** A package whose code or binary an artefact carries. */
export interface Component {
  readonly name: string;
  readonly version: string;
  /** SPDX expression, as its author declares it. */
  readonly licence: string;
  /** The licence's own words, with its copyright lines; null = its package carries none. */
  readonly text: string | null;
  /** SHA-256 of the one file that it consists of in the artefact, where it is one file. */
  readonly sha256?: string;
}

/** What may be in a default artefact: a copyleft licence would put the whole artefact under it. */
const PERMITTED: readonly string[] = ["Apache-2.0", "MIT", "MIT-0", "ISC", "BSD-2-Clause", "BSD-3-Clause", "0BSD", "BlueOak-1.0.0"];

/** The components that must not be in a default artefact, each with why. */
export function refusals(components: readonly Component[]): string[] {
  return components
    .filter(({ licence }) => !PERMITTED.includes(licence))
    .map(({ name, version, licence }) => `${name}@${version} is under ${licence === "" ? "no licence that it names" : licence}`);
}
