import type { Told } from "../admin/admin.ts";
import { type Plan, planChanges, type SetThing } from "./changes.ts";
import { readDocument, type Thing } from "./document.ts";
import { type FileProblem, type Located, type Place, sayProblem } from "./located.ts";
import { type MeasuredErrors, type StampTests, takeMeasured } from "./measured-errors.ts";
import { type CalendarForms, calendarsOf, doubtPastHours } from "./past-hours.ts";
import { sayPlan } from "./say-changes.ts";

/** What `truebound apply` asks for. */
export interface ApplyRequest {
  /** `-` = standard input. */
  readonly file: string;
  readonly diff: boolean;
  readonly dryRun: boolean;
  readonly json: boolean;
  /** Only the file is looked at, and no database. */
  readonly check?: true;
}

export interface ApplyStore {
  /** By the clock of the database. */
  stampTests(): Promise<StampTests>;
  calendarForms(names: readonly string[]): Promise<CalendarForms>;
  /** All of it in one transaction, alone among those who apply. What `plan` makes of what is set is done, unless it is a dry run. */
  apply(plan: (set: readonly SetThing[]) => Plan, options: { readonly dryRun: boolean; readonly who: string }): Promise<Plan>;
}

/** What reads a file. */
export interface FilePorts {
  /** Fails with a reason when it cannot be read. */
  readonly read: (path: string) => Promise<string>;
  readonly parse: (text: string) => { readonly root: Located } | { readonly problems: readonly FileProblem[] };
  /** By this machine's clock; absent = nobody knows it, and nothing is said to be past. */
  readonly now?: () => bigint;
}

export interface ApplyPorts extends FilePorts {
  readonly store: ApplyStore;
}

export async function apply({ store, ...ports }: ApplyPorts, request: ApplyRequest): Promise<Told> {
  const file = fileOf(request);
  const wanted = await wantedBy(ports, request);
  if ("code" in wanted) return wanted;
  const measured = await measuredErrors(store, wanted);
  if (measured.problems.length > 0) return sayProblems(measured.problems, wanted.warnings, request);
  const pastHours = doubtPastHours(wanted.things, wanted.places, await store.calendarForms(calendarsOf(wanted.things)));
  const warnings = [...wanted.warnings, ...measured.warnings, ...pastHours];
  const plan = await store.apply((set) => planChanges(set, measured.things), { dryRun: request.dryRun, who: file });
  const told = sayPlan(plan, {
    json: request.json,
    diff: request.diff || request.dryRun,
    applied: !request.dryRun,
    file,
    warnings,
  });
  return { ...told, err: `${sayWarnings(warnings, file)}${told.err}` };
}

/** The documents are asked for only where something rests on them. */
async function measuredErrors(store: ApplyStore, wanted: Wanted): Promise<MeasuredErrors> {
  if (!wanted.things.some(({ kind }) => kind === "scope")) return { things: wanted.things, problems: [], warnings: [] };
  return takeMeasured(wanted.things, wanted.places, await store.stampTests());
}

/** Whether a file is right as far as the file alone tells. */
export async function checkFile(ports: FilePorts, request: ApplyRequest): Promise<Told> {
  const file = fileOf(request);
  const wanted = await wantedBy(ports, request);
  if ("code" in wanted) return wanted;
  const { things, warnings } = wanted;
  const out = request.json ? `${JSON.stringify({ file, applied: false, problems: [], warnings: warnings.map(placed) }, null, 2)}\n` : "";
  return {
    code: 0,
    out,
    err: `${sayWarnings(warnings, file)}${file} is right: it sets ${things.length === 1 ? "1 thing" : `${things.length} things`}\n`,
  };
}

const fileOf = ({ file }: ApplyRequest): string => (file === "-" ? "standard input" : file);

interface Wanted {
  readonly things: readonly Thing[];
  readonly warnings: readonly FileProblem[];
  readonly places: ReadonlyMap<string, Place>;
}

/** What the file sets, or what to tell where it cannot be read or is wrong. */
async function wantedBy({ read, parse, now }: FilePorts, request: ApplyRequest): Promise<Wanted | Told> {
  const file = fileOf(request);
  const text = await read(request.file).catch((error: unknown) => (error instanceof Error ? error : new Error(String(error))));
  if (text instanceof Error) return { code: 1, out: "", err: `Cannot read ${file}: ${text.message}\n` };
  const parsed = parse(text);
  const { things, problems, warnings, places } =
    "problems" in parsed
      ? { ...parsed, things: [], warnings: [], places: new Map<string, Place>() }
      : readDocument(parsed.root, now?.() ?? null);
  return problems.length > 0 ? sayProblems(problems, warnings, request) : { things, warnings, places };
}

const placed = ({ at: { line, column }, words }: FileProblem): object => ({ line, column, words });
const sayWarnings = (warnings: readonly FileProblem[], file: string): string =>
  warnings.map(({ at, words }) => `${file}:${sayProblem({ at, words: `Warning: ${words}` })}\n`).join("");

function sayProblems(problems: readonly FileProblem[], warnings: readonly FileProblem[], request: ApplyRequest): Told {
  const file = fileOf(request);
  const said = problems.map((problem) => `${file}:${sayProblem(problem)}\n`).join("");
  const count = problems.length === 1 ? "1 problem" : `${problems.length} problems`;
  const err = `${said}${sayWarnings(warnings, file)}${request.check ? "" : "Nothing was applied: "}${count} in ${file}\n`;
  if (!request.json) return { code: 1, out: "", err };
  const listed = { file, applied: false, problems: problems.map(placed), warnings: warnings.map(placed) };
  return { code: 1, out: `${JSON.stringify(listed, null, 2)}\n`, err };
}
