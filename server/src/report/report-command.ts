import {
  type BundleFiles,
  type ReportManifest,
  type Verification,
  type VerifyHosts,
  type VerifyPorts,
  verifyBundle,
} from "@truebound/audit";
import { formatUtc } from "@truebound/time";
import type { Told } from "../admin/admin.ts";
import { createReport } from "./create.ts";
import type { BundleSink, MadeReport } from "./ports.ts";
import { verdictsInWords } from "./profile-verdicts.ts";
import { noticesOf } from "./render/notices.ts";
import type { ReportPorts } from "./report-ports.ts";
import type { ReportCommand } from "./report-requests.ts";
import { ReportTrouble, type Watching } from "./request.ts";
import type { ReportRow, ReportShelf } from "./shelf.ts";
import { signoffLine } from "./signoff/sign.ts";

type Create = Extract<ReportCommand, { readonly do: "create" }>;

export interface WholeSink extends BundleSink {
  discard(): Promise<void>;
}

/** A bundle is there as a whole, or not at all. */
export async function makeBundle<S extends WholeSink>(
  sink: S,
  ports: (sink: S) => ReportPorts,
  request: Create["request"],
  watching: Watching,
): Promise<MadeReport> {
  try {
    return await createReport(ports(sink), request, watching);
  } catch (error) {
    await sink.discard();
    throw told(error, sink.place);
  }
}

/** As Node words it: of an error in a thread only the words come back. */
const OF_FILES = /^(E[A-Z]+): ([^,]+), [a-z]+/;
const NO_ROOM = ["ENOSPC", "EDQUOT", "EROFS"];

/** That a bundle cannot be written is no bug: it says where, and what to do. */
function told(error: unknown, place: string): unknown {
  const message = error instanceof Error ? error.message : "";
  const [, code = "", why] = OF_FILES.exec(message) ?? [];
  if (why === undefined || !(NO_ROOM.includes(code) || message.includes(place))) return error;
  return new ReportTrouble(
    `Cannot write a report to ${place}: ${why}; nothing is left of it, make it again where there is room, and leave to write`,
    { cause: error },
  );
}

export interface CreatePorts {
  readonly sink: (out: string) => WholeSink;
  readonly ports: (sink: BundleSink) => ReportPorts;
  readonly shelf: ReportShelf;
  readonly watching: Watching;
}

/** `truebound report create` */
export async function tellCreated(
  { sink, ports, shelf, watching }: CreatePorts,
  { request, out, regenerate, json }: Create,
): Promise<Told> {
  try {
    const made = await makeBundle(sink(out), ports, request, watching);
    const other = regenerate ? await shelf.sameAs(made) : null;
    const told = json ? `${JSON.stringify(sayReport({ ...made, signoffs: [] }), null, 2)}\n` : wordsOf(made);
    const differs = regenerate && other?.resultsSha256 !== made.resultsSha256;
    return { code: differs ? 1 : 0, out: told, err: regenerate ? comparison(made, other) : "" };
  } catch (error) {
    const trouble = told(error, out);
    if (trouble instanceof ReportTrouble) return { code: 1, out: "", err: `${trouble.message}\n` };
    throw trouble;
  }
}

function comparison(made: MadeReport, other: MadeReport | null): string {
  if (other === null) return "No other report of this period, these profiles and hosts was made\n";
  const isSame = other.resultsSha256 === made.resultsSha256;
  return isSame
    ? `The results are those of report ${other.id}: ${made.resultsSha256}\n`
    : `The results are ${made.resultsSha256}, those of report ${other.id} were ${other.resultsSha256}: evidence came or went since, or limits, scopes or exemptions changed\n`;
}

function wordsOf(made: MadeReport): string {
  const manifest = JSON.parse(made.manifest) as ReportManifest;
  return [
    `Report ${made.id} of ${formatUtc(made.from)} to ${formatUtc(made.to)}, ${made.final ? "final" : "provisional: its period and horizon are not over"}`,
    `  verdicts  ${verdictsOf(manifest)}`,
    `  SHA-256   ${made.sha256}`,
    `  results   ${made.resultsSha256}`,
    `  bundle    ${made.place}`,
    ...noticesOf(manifest).map((notice) => `  ${notice}`),
    `Verify it:  truebound report verify ${made.place}`,
    "",
  ].join("\n");
}

const verdictsOf = ({ totals }: ReportManifest): string =>
  Object.entries(totals.verdicts)
    .filter(([, count]) => count > 0)
    .map(([verdict, count]) => `${verdict} ${count}`)
    .join(", ");

/** As the API and --json say it. */
export const sayReport = ({
  id,
  createdAt,
  from,
  to,
  final,
  sha256,
  resultsSha256,
  scope,
  verdicts,
  head,
  place,
  signoffs,
}: ReportRow) => ({
  id,
  created_at: formatUtc(createdAt),
  from: formatUtc(from),
  to: formatUtc(to),
  final,
  sha256,
  results_sha256: resultsSha256,
  scope,
  verdicts,
  head,
  place,
  signoffs,
});

const MOST_LISTED = 1_000;

/** `truebound report list` */
export async function tellReports(shelf: ReportShelf, json: boolean): Promise<Told> {
  const found = await shelf.list(null, MOST_LISTED);
  if (json) return { code: 0, out: `${JSON.stringify({ items: found.map(sayReport), next: null }, null, 2)}\n`, err: "" };
  if (found.length === 0) return { code: 0, out: "", err: "No report was made yet\n" };
  return { code: 0, out: found.map(lineOf).join(""), err: "" };
}

const lineOf = ({ id, from, to, final, scope, sha256, verdicts, signoffs }: ReportRow): string =>
  `${id}  ${formatUtc(from)}  ${formatUtc(to)}  ${final ? "final      " : "provisional"}  ${sha256.slice(0, 16)}  ${standingOf(signoffs)}  ${verdictsInWords(verdicts)}  ${scope}\n`;

const standingOf = (signoffs: ReportRow["signoffs"]): string =>
  signoffs.length === 0 ? "unsigned     " : signoffs.some(({ act }) => act === "countersign") ? "countersigned" : "signed       ";

/** `truebound report verify`; `countersigned` = one that nobody countersigned is not enough. */
export async function tellVerified(
  ports: Omit<VerifyPorts, "files">,
  files: BundleFiles,
  hosts: VerifyHosts,
  { keyId, countersigned, json }: Extract<ReportCommand, { do: "verify" }>,
): Promise<Told> {
  const found = await verifyBundle({ ...ports, files }, { keyId }, hosts);
  const isEnough = found.kind === "holds" && (!countersigned || found.signoffs.some(({ act }) => act === "countersign"));
  const code = isEnough ? 0 : 1;
  if (json) return { code, out: `${JSON.stringify(sayVerification(found), null, 2)}\n`, err: "" };
  if (found.kind === "fails") return { code, out: "", err: `${failureInWords(found)}\n` };
  return { code, out: holdsInWords(found, keyId), err: isEnough ? "" : "It holds, and is not countersigned\n" };
}

function failureInWords({ failure: { step, host, epoch, seq, rule, detail } }: Extract<Verification, { kind: "fails" }>): string {
  const place = [
    host === null ? [] : [`host ${host}`],
    epoch === null ? [] : [`epoch ${epoch}`],
    seq === null ? [] : [`seq ${seq}`],
  ].flat();
  return [`Does not hold: step ${step}`, ...place, `rule ${rule}`].join(", ").concat(`: ${detail}`);
}

function holdsInWords(
  { manifest, sha256, keyId, keys, records, signoffs, signoffKeyId }: Extract<Verification, { kind: "holds" }>,
  expected: string | null,
): string {
  const { id, period, totals, final, demo } = manifest;
  return [
    `Holds: report ${id} of ${period.from} to ${period.to}${final ? "" : ", provisional"}${demo ? ", of simulated clocks" : ""}`,
    `  SHA-256   ${sha256}`,
    `  signed by ${keyId}${expected === null ? "; compare it with what you know of the issuer, or name it by --key" : ""}`,
    ...keysInWords(keys),
    ...untiedInWords(manifest),
    `  read      ${records} records of ${manifest.hosts.length} hosts, ${totals.results} results recomputed`,
    `  verdicts  ${verdictsOf(manifest)}`,
    ...(signoffs.length === 0 ? ["  sign-off  nobody has signed it"] : signoffs.map((one) => `  sign-off  ${signoffLine(one).trimEnd()}`)),
    ...(signoffKeyId === null || signoffKeyId === keyId
      ? []
      : [`  sheets    signed by ${signoffKeyId}, which follows ${keyId}: each key vouched for the next`]),
    "",
  ].join("\n");
}

const keysInWords = ({ keys, lost }: Extract<Verification, { kind: "holds" }>["keys"]): string[] => [
  ...(keys.length < 2
    ? []
    : [
        `  follows   ${keys
          .slice(0, -1)
          .map((one) => one.keyId)
          .join(", ")}: each vouched for the next`,
      ]),
  ...(lost === null ? [] : [`  anew      key ${lost} was lost; nobody vouches for the one in its place`]),
];

const untiedInWords = ({ previous_left: left }: ReportManifest): string[] =>
  left === undefined
    ? []
    : [
        `  untied    nothing shows that its log goes on from report ${left.id}: key ${left.key_id} was lost, and the log of ${left.head.shard} was left as it had signed it`,
      ];

const sayVerification = (found: Verification) =>
  found.kind === "holds"
    ? {
        holds: true,
        id: found.manifest.id,
        sha256: found.sha256,
        key_id: found.keyId,
        follows: found.keys.keys.slice(0, -1).map((one) => one.keyId),
        lost: found.keys.lost,
        previous_left: found.manifest.previous_left ?? null,
        records: found.records,
        signoffs: found.signoffs,
        signoff_key_id: found.signoffKeyId,
      }
    : { holds: false, ...found.failure };
