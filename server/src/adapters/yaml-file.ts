import { type Document, isAlias, isMap, isScalar, isSeq, LineCounter, type Node, parseDocument, type Scalar } from "yaml";
import type { FileProblem, Located, LocatedMap, Place } from "../apply/located.ts";

/** Anchors may be used, but none to make much out of little. */
const MOST_NODES = 100_000;
/** None that is right comes near it; one that holds itself has no end. */
const MOST_DEEP = 100;

class TooMuch extends Error {}

/** YAML 1.2, core schema, with the place of every part; or what is wrong with it. */
export function parseYaml(text: string): { readonly root: Located } | { readonly problems: readonly FileProblem[] } {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, version: "1.2", schema: "core", prettyErrors: false, stringKeys: true });
  const wrong = [...document.errors, ...document.warnings];
  const placed = (offset: number): Place => {
    const { line, col } = lines.linePos(offset);
    return { line: Math.max(1, line), column: Math.max(1, col) };
  };
  if (wrong.length > 0) return { problems: wrong.map(({ pos, message }) => ({ at: placed(pos[0]), words: `Not YAML: ${message}` })) };
  if (document.contents === null) return { problems: [{ at: { line: 1, column: 1 }, words: "The file is empty: write version: 1" }] };
  try {
    return { root: located(document.contents as Node, { document, placed, nodes: { left: MOST_NODES }, depth: 0 }) };
  } catch (error) {
    if (error instanceof TooMuch) return { problems: [{ at: { line: 1, column: 1 }, words: error.message }] };
    throw error;
  }
}

interface Parsed {
  readonly document: Document;
  readonly placed: (offset: number) => Place;
  readonly nodes: { left: number };
  readonly depth: number;
}

function located(node: unknown, within: Parsed, fallback: Place = { line: 1, column: 1 }): Located {
  const parsed = { ...within, depth: within.depth + 1 };
  parsed.nodes.left -= 1;
  if (parsed.nodes.left < 0) throw new TooMuch(`The file says more than ${MOST_NODES} things: write fewer, or fewer aliases`);
  if (parsed.depth > MOST_DEEP) throw new TooMuch(`The file is more than ${MOST_DEEP} levels deep: an anchor must not be within itself`);
  if (isAlias(node)) return located(node.resolve(parsed.document), parsed, placeOf(node, parsed, fallback));
  const at = placeOf(node, parsed, fallback);
  if (isMap(node)) return { kind: "map", at, entries: node.items.map(({ key, value }) => entry(key, value, parsed, at)) };
  if (isSeq(node)) return { kind: "list", at, items: node.items.map((item) => located(item, parsed, at)) };
  return scalarOf(node, at);
}

function entry(key: unknown, value: unknown, parsed: Parsed, fallback: Place): LocatedMap["entries"][number] {
  const at = placeOf(key, parsed, fallback);
  return { name: isScalar(key) ? String(key.value) : String(key), at, value: located(value, parsed, at) };
}

function scalarOf(node: unknown, at: Place): Located {
  const { value, source } = isScalar(node) ? (node as Scalar) : { value: null, source: "" };
  const written = typeof value === "string" ? value : (source ?? "");
  // What a tag makes of it counts for nothing: no value here is anything else.
  const isSimple = value === null || typeof value === "number" || typeof value === "boolean";
  return { kind: "scalar", at, value: isSimple ? value : written, text: written };
}

const placeOf = (node: unknown, { placed }: Parsed, fallback: Place): Place => {
  const range = typeof node === "object" && node !== null && "range" in node ? (node as Node).range : null;
  return range ? placed(range[0]) : fallback;
};
