import { SeededRandom } from "../../sim/random.ts";
import { below, bentBytes, bentJson, bentText, LONGEST, pick } from "../fuzz/mutate.ts";

/** The files of a report's bundle, by their names. */
export type BundleContent = ReadonlyMap<string, Uint8Array>;

/** Puts another text in the place of manifest.json, and signs it as the issuer would: what an issuer who lies can hand out. */
export type Resign = (files: BundleContent, manifest: string) => BundleContent;

export interface Mutant {
  readonly kind: MutantKind;
  /** The file that was changed. */
  readonly file: string;
  readonly files: BundleContent;
}

interface Bending {
  readonly random: SeededRandom;
  readonly files: BundleContent;
  readonly resign: Resign;
}

type Bent = Omit<Mutant, "kind">;

const MANIFEST = "manifest.json";
const textOf = (files: BundleContent, name: string): string => new TextDecoder().decode(files.get(name));
const bytesOf = (text: string): Uint8Array => new TextEncoder().encode(text);
const withFile = (files: BundleContent, name: string, bytes: Uint8Array): BundleContent => new Map(files).set(name, bytes);

const MUTATORS = {
  /** Any place of the manifest, at any depth; signed, so that it is read to that place. */
  manifest_member: ({ random, files, resign }: Bending): Bent => ({
    file: MANIFEST,
    files: resign(files, sorted(bentJson(random, [JSON.parse(textOf(files, MANIFEST))]))),
  }),
  /** Two of one list of the manifest change places. */
  manifest_order: ({ random, files, resign }: Bending): Bent => {
    const manifest = JSON.parse(textOf(files, MANIFEST)) as unknown;
    const lists = listsIn(manifest).filter(({ length }) => length > 1);
    if (lists.length > 0) swapTwo(random, pick(random, lists));
    return { file: MANIFEST, files: resign(files, sorted(manifest)) };
  },
  /** How a number, a name or a character of the manifest is written. */
  manifest_text: ({ random, files, resign }: Bending): Bent => ({
    file: MANIFEST,
    files: resign(files, rewritten(random, textOf(files, MANIFEST))),
  }),
  line_member: ({ random, files }: Bending): Bent =>
    inLine({ random, files }, (line) => JSON.stringify(bentJson(random, [JSON.parse(line)])) ?? ""),
  line_text: ({ random, files }: Bending): Bent =>
    inLine({ random, files }, (line) => (random.next() < 0.5 ? rewritten(random, line) : bentText(random, [line]))),
  lines: ({ random, files }: Bending): Bent => {
    const file = pick(random, ndjsonOf(files));
    const lines = textOf(files, file).split("\n").slice(0, -1);
    return { file, files: withFile(files, file, bytesOf(bentLines(random, lines))) };
  },
  file: (bending: Bending): Bent => bentFiles(bending),
  bytes: ({ random, files }: Bending): Bent => {
    const file = pick(random, [...files.keys()]);
    return { file, files: withFile(files, file, bentAnywhere(random, files.get(file) as Uint8Array)) };
  },
} as const;

export type MutantKind = keyof typeof MUTATORS;
export const MUTANT_KINDS = Object.keys(MUTATORS) as readonly MutantKind[];

/** The bundle with one thing changed. Kinds take turns; what is changed, and how, is drawn from the number: the same each time. */
export function mutantOf(files: BundleContent, number: number, resign: Resign): Mutant {
  const kind = MUTANT_KINDS[number % MUTANT_KINDS.length] as MutantKind;
  return { kind, ...MUTATORS[kind]({ random: new SeededRandom(number), files, resign }) };
}

const ndjsonOf = (files: BundleContent): string[] => [...files.keys()].filter((name) => name.endsWith(".ndjson"));

function inLine({ random, files }: Pick<Bending, "random" | "files">, change: (line: string) => string): Bent {
  const file = pick(random, ndjsonOf(files));
  const lines = textOf(files, file).split("\n");
  const at = below(random, lines.length - 1);
  return { file, files: withFile(files, file, bytesOf(lines.with(at, change(lines[at] as string)).join("\n"))) };
}

function bentLines(random: SeededRandom, lines: readonly string[]): string {
  const [at, other] = [below(random, lines.length), below(random, lines.length)];
  const text = (all: readonly string[]): string => all.map((line) => `${line}\n`).join("");
  const line = lines[at] as string;
  switch (below(random, 8)) {
    case 0:
      return text(lines.toSpliced(at, 1));
    case 1:
      return text(lines.toSpliced(at, 0, line));
    case 2:
      return text(lines.with(at, lines[other] as string).with(other, line));
    case 3:
      return text(lines.toSpliced(at, 0, ""));
    case 4:
      return text(lines.with(at, `${line}\r`));
    case 5:
      return text(lines.slice(0, at));
    case 6:
      return text(lines).slice(0, -1);
    default:
      return text([...lines].reverse());
  }
}

function bentFiles({ random, files }: Bending): Bent {
  const names = [...files.keys()];
  const [file, other] = [pick(random, names), pick(random, names)];
  const rest = new Map(files);
  const bytes = files.get(file) as Uint8Array;
  switch (below(random, 5)) {
    case 0:
      rest.delete(file);
      return { file, files: rest };
    case 1:
      return { file, files: withFile(files, file, files.get(other) as Uint8Array) };
    case 2:
      return { file, files: withFile(files, file, new Uint8Array()) };
    case 3:
      return { file, files: withFile(files, `${file}.copy`, bytes) };
    default:
      return { file, files: withFile(withFile(files, file, files.get(other) as Uint8Array), other, bytes) };
  }
}

/** A large file is changed in one byte: most of what is bent otherwise would be its end. */
function bentAnywhere(random: SeededRandom, bytes: Uint8Array): Uint8Array {
  if (bytes.length <= LONGEST) return bentBytes(random, [bytes]);
  return bytes.with(below(random, bytes.length), below(random, 256));
}

type Rewrite = (random: SeededRandom, matched: string) => string;

/** The same said in another way, which readers of JSON take differently, or what is hardly text. */
const REWRITES: readonly (readonly [RegExp, Rewrite])[] = [
  [
    /(?<=[:[,])\d+(?=[,\]}])/g,
    (random, digits) => pick(random, [`${digits}.0`, `${digits}e0`, `0${digits}`, `-${digits}`, `${digits}0`, "-0"]),
  ],
  [/(?<=")\d{2,}(?=")/g, (random, digits) => pick(random, [`0${digits}`, ` ${digits}`, `+${digits}`, `${BigInt(digits) + 1n}`, "٣"])],
  [/"[a-z_]+":/g, (random, name) => pick(random, [`${name}null,${name}`, `${name} `, name.replace("_", "\\u005f"), name.toUpperCase()])],
  [
    /[a-z](?=[a-z]+")/g,
    (random, letter) => pick(random, ["\\ud800", "é", "e\u0301", "\u2028", "\\u0000", `\\u00${letter.charCodeAt(0).toString(16)}`, "\t"]),
  ],
  [/[,:]/g, (random, mark) => pick(random, [`${mark} `, `${mark}\n`, `${mark},`, `\ufeff${mark}`])],
];

function rewritten(random: SeededRandom, text: string): string {
  const [form, rewrite] = pick(random, REWRITES);
  const found = [...text.matchAll(form)];
  if (found.length === 0) return text;
  const { index, 0: matched } = pick(random, found);
  return text.slice(0, index) + rewrite(random, matched) + text.slice(index + matched.length);
}

/** Names in their order, as canonical JSON has them: else nothing else of it would be read. */
const sorted = (value: unknown): string => JSON.stringify(inOrder(value)) ?? "";

function inOrder(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(inOrder);
  if (typeof value !== "object" || value === null) return value;
  const names = Object.keys(value).sort();
  return Object.fromEntries(names.map((name) => [name, inOrder((value as Record<string, unknown>)[name])]));
}

function listsIn(value: unknown): unknown[][] {
  if (typeof value !== "object" || value === null) return [];
  return [...(Array.isArray(value) ? [value] : []), ...Object.values(value).flatMap(listsIn)];
}

function swapTwo(random: SeededRandom, list: unknown[]): void {
  const [a, b] = [below(random, list.length), below(random, list.length)];
  [list[a], list[b]] = [list[b], list[a]];
}
