import type { ReportManifest } from "@truebound/audit";
import { utc } from "@truebound/time";
import type { Log } from "../log.ts";
import type { MadeReport } from "./ports.ts";
import { profileVerdicts } from "./profile-verdicts.ts";
import { type ReportRequest, ReportTrouble } from "./request.ts";

/** What lies beside a bundle from when it is whole until the book has it: all that the manifest does not say. */
type Unbooked = Omit<MadeReport, "manifest" | "verdicts" | "from" | "to" | "createdAt"> &
  Readonly<Record<"from_ns" | "to_ns" | "created_ns", string>>;

export function sayUnbooked({ id, final, sha256, resultsSha256, head, scope, request, place, ...made }: MadeReport): string {
  const [from_ns, to_ns, created_ns] = [String(made.from), String(made.to), String(made.createdAt)];
  return JSON.stringify({ id, from_ns, to_ns, created_ns, final, sha256, resultsSha256, head, scope, request, place } satisfies Unbooked);
}

function madeOf(text: string, manifest: string): MadeReport {
  const { from_ns, to_ns, created_ns, ...made } = JSON.parse(text) as Unbooked;
  const verdicts = profileVerdicts(JSON.parse(manifest) as ReportManifest);
  return { ...made, from: utc(BigInt(from_ns)), to: utc(BigInt(to_ns)), createdAt: utc(BigInt(created_ns)), manifest, verdicts };
}

type Period = Pick<ReportRequest, "from" | "to">;

/** What is noted of a report that is begun. */
export const sayBegun = (period: Period): string => JSON.stringify({ from_ns: String(period.from), to_ns: String(period.to) });

/** Null = it was noted by something else, or not to the end. */
function begunOf(about: string): Period | null {
  const [, from, to] = /^\{"from_ns":"(\d{1,19})","to_ns":"(\d{1,19})"\}$/.exec(about) ?? [];
  return from === undefined || to === undefined ? null : { from: utc(BigInt(from)), to: utc(BigInt(to)) };
}

/** What makers left in a folder that were killed. */
export interface LeftBehind {
  /** Taken away: of no use to anybody. `about` is what was noted when it was begun. */
  readonly cleared: readonly { readonly name: string; readonly about: string }[];
  /** Bundles that are whole, of which nobody knows whether the book has them. */
  readonly unbooked: readonly { readonly place: string; readonly text: string }[];
  /** Why the rest is still there; null = there is none. */
  readonly trouble: string | null;
}

export interface LeftPorts {
  readonly isKnown: (id: string) => Promise<boolean>;
  readonly add: (report: MadeReport) => Promise<void>;
  /** Null = there is none, or it is not one file. */
  readonly manifestIn: (place: string) => Promise<string | null>;
  readonly sha256: (text: string) => string;
  /** Nobody has to look at that bundle again. */
  readonly settle: (place: string) => void;
  /** Whoever asks for that report is told that it was never made. */
  readonly forgotten: (id: string, period: Period) => void;
  readonly log: Log;
}

const ENDING = ".partial";

/** A report that was whole is remembered late, and one that was being made is said to be gone. To be called while nobody makes one. */
export async function settleLeft({ cleared, unbooked, trouble }: LeftBehind, folder: string, ports: LeftPorts): Promise<void> {
  for (const { name, about } of cleared) {
    ports.log.info(`Removed ${folder}/${name}: whoever made that report was killed`);
    const period = begunOf(about);
    if (period !== null) ports.forgotten(name.slice(0, -ENDING.length), period);
  }
  for (const { place, text } of unbooked) await settleOne(place, text, ports);
  if (trouble !== null) ports.log.warn(`Cannot clear ${folder} of reports whose makers were killed: ${trouble}`);
}

async function settleOne(place: string, text: string, ports: LeftPorts): Promise<void> {
  try {
    const why = await bookLate(place, text, ports);
    if (why === null) ports.log.info(`The report in ${place} is listed: it was whole when its maker was killed`);
    else if (why !== "known") ports.log.warn(`The report in ${place} is not listed, though it may verify: ${why}`);
    ports.settle(place);
  } catch (error) {
    // The database may be away: the next start looks again.
    ports.log.warn(`Cannot list the report in ${place}: ${error instanceof Error ? error.message : String(error)}`);
  }
}

/** Null = it is in the book now; "known" = it was; else why it cannot be. */
async function bookLate(place: string, text: string, ports: LeftPorts): Promise<string | null> {
  const manifest = await ports.manifestIn(place);
  if (manifest === null) return "it has no manifest.json";
  const made = madeOf(text, manifest);
  if (await ports.isKnown(made.id)) return "known";
  if (ports.sha256(manifest) !== made.sha256) return "its manifest.json was changed since";
  try {
    await ports.add(made);
    return null;
  } catch (error) {
    if (error instanceof ReportTrouble) return error.message;
    throw error;
  }
}
