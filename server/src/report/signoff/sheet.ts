import type { ReportManifest, SignoffAct } from "@truebound/audit";
import { type Block, type Cell, type LaidOutReport, table, toned } from "../render/blocks.ts";
import { foundIn } from "../render/front-part.ts";
import { noticesOf } from "../render/notices.ts";
import { instantUtc } from "../render/words.ts";
import type { KeptSignoff } from "./ports.ts";

const ACTS: Readonly<Record<SignoffAct, string>> = { sign: "Signed", countersign: "Countersigned" };

/** Who signed a report, on a sheet beside it. Who holds the report alone cannot see it there: it was made before anybody signed. */
export function layOutSignoffs(manifest: ReportManifest, sha256: string, signoffs: readonly KeptSignoff[]): LaidOutReport {
  const { id, period, created_at } = manifest;
  const last = signoffs.at(-1)?.statement.signed_at ?? created_at;
  return {
    id,
    sha256,
    period: `${instantUtc(period.from)} to ${instantUtc(period.to)}`,
    createdAt: last,
    notices: noticesOf(manifest),
    parts: [
      { title: "Sign-off of a clock audit report", anchor: "signoff", isNewPage: false, blocks: blocksOf(manifest, sha256, signoffs) },
    ],
  };
}

function blocksOf(manifest: ReportManifest, sha256: string, signoffs: readonly KeptSignoff[]): Block[] {
  const { id, period, issuer } = manifest;
  const isCountersigned = signoffs.some(({ statement }) => statement.act === "countersign");
  return [
    {
      kind: "text",
      tone: "quiet",
      text: `${instantUtc(period.from)} to ${instantUtc(period.to)} · report ${id} of ${issuer.installation} · ${manifest.final ? "final" : "provisional"}`,
    },
    foundIn(manifest),
    isCountersigned
      ? { kind: "text", text: "Signed, and countersigned by somebody else." }
      : { kind: "text", tone: "doubt", text: "Not countersigned yet." },
    table(
      [
        { title: "", width: 0.14 },
        { title: "Name", width: 0.2 },
        { title: "Role", width: 0.22 },
        { title: "When, UTC", width: 0.2 },
        { title: "Key", width: 0.24 },
      ],
      signoffs.map(rowOf),
    ),
    { kind: "heading", text: "What each of them said" },
    { kind: "list", items: signoffs.map(({ statement: { name, words } }) => `${name}: ${words}`) },
    { kind: "heading", text: "What was signed, and how to check it" },
    {
      kind: "facts",
      facts: [
        ["Manifest, SHA-256", sha256],
        ["Checked by", `truebound report verify BUNDLE --key=${issuer.key_id}, or docs/verify/verify.py: both name who signed.`],
      ],
    },
  ];
}

const rowOf = ({ statement: { act, name, role, signed_at, public_key } }: KeptSignoff): Cell[] => [
  toned("good", ACTS[act]),
  name,
  role,
  signed_at.replace("T", " ").replace("Z", ""),
  public_key,
];
