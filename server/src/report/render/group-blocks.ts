import type { ManifestGroup } from "@truebound/audit";
import { type Block, type Column, table, toned } from "./blocks.ts";
import { counted, duration, grouped, instant } from "./words.ts";

/** Which pairs are outside, and of which hosts nothing is known. */
export const groupBlocks = (group: ManifestGroup): Block[] => [...outside(group), ...silent(group), ...members(group)];

const OUTSIDE: readonly Column[] = [
  { title: "One host", width: 0.2 },
  { title: "The other", width: 0.2 },
  { title: "Proved outside for", width: 0.18, align: "right" },
  { title: "Certainly apart by", width: 0.14, align: "right" },
  { title: "Breaches", width: 0.08, align: "right" },
  { title: "The first from, UTC", width: 0.2 },
];

function outside({ pairs, pairs_outside, outside: named }: ManifestGroup): Block[] {
  const heading: Block = { kind: "heading", text: `${grouped(pairs_outside)} of ${counted(pairs, "pair")} proved outside` };
  if (named.length === 0)
    return [heading, { kind: "text", text: "No two of these clocks are proved to have been further apart than the limit." }];
  const rows = named.map((one) => [
    one.a.name,
    one.b.name,
    duration(one.violation_ns),
    toned("bad", duration(one.peak_proven_ns)),
    grouped(one.episodes),
    instant(one.first),
  ]);
  return [heading, table(OUTSIDE, rows), ...rest(pairs_outside, named.length)];
}

const rest = (all: number, shown: number): Block[] =>
  all > shown ? [{ kind: "text", tone: "quiet", text: `The worst ${grouped(shown)} of ${grouped(all)}, the longest first.` }] : [];

const SILENT: readonly Column[] = [
  { title: "Host", width: 0.3 },
  { title: "Id", width: 0.42 },
  { title: "Without evidence for", width: 0.28, align: "right" },
];

function silent({ members_silent, silent: named }: ManifestGroup): Block[] {
  if (named.length === 0) return [];
  return [
    { kind: "heading", text: `${counted(members_silent, "host")} without evidence at some time` },
    { kind: "text", text: "While nothing is known of one host, nothing is proved of its pairs, and the group is without evidence." },
    table(
      SILENT,
      named.map(({ name, host, silent_ns }) => [name, host ?? "listed, without an agent", duration(silent_ns)]),
    ),
    ...rest(members_silent, named.length),
  ];
}

/** A paragraph for some of them, so that a large group runs over pages. */
const NAMES_AT_ONCE = 25;

function members({ members: all }: ManifestGroup): Block[] {
  const paragraphs: Block[] = [];
  for (let at = 0; at < all.length; at += NAMES_AT_ONCE)
    paragraphs.push({
      kind: "text",
      text: all
        .slice(at, at + NAMES_AT_ONCE)
        .map(({ name }) => name)
        .join(", "),
    });
  return [{ kind: "heading", text: "Hosts of the group" }, ...paragraphs];
}
