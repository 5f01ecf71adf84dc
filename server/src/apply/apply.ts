import type { Told } from "../admin/admin.ts";
import { type Plan, planChanges, type SetThing } from "./changes.ts";
import { readDocument, type Thing } from "./document.ts";
import { type FileProblem, type Located, sayProblem } from "./located.ts";
import { sayPlan } from "./say-changes.ts";

/** What `truebound apply` asks for. */
export interface ApplyRequest {
  /** `-` = standard input. */
  readonly file: string;
  readonly diff: boolean;
  readonly dryRun: boolean;
  readonly json: boolean;
}

export interface ApplyStore {
  /** All of it in one transaction, alone among those who apply. What `plan` makes of what is set is done, unless it is a dry run. */
  apply(plan: (set: readonly SetThing[]) => Plan, options: { readonly dryRun: boolean; readonly who: string }): Promise<Plan>;
}

export interface ApplyPorts {
  readonly store: ApplyStore;
  /** Fails with a reason when it cannot be read. */
  readonly read: (path: string) => Promise<string>;
  readonly parse: (text: string) => { readonly root: Located } | { readonly problems: readonly FileProblem[] };
}

export async function apply({ store, read, parse }: ApplyPorts, request: ApplyRequest): Promise<Told> {
  const file = request.file === "-" ? "standard input" : request.file;
  const text = await read(request.file).catch((error: unknown) => (error instanceof Error ? error : new Error(String(error))));
  if (text instanceof Error) return { code: 1, out: "", err: `Cannot read ${file}: ${text.message}\n` };
  const wanted = thingsIn(parse(text));
  if ("problems" in wanted) return sayProblems(wanted.problems, request, file);
  const plan = await store.apply((set) => planChanges(set, wanted.things), { dryRun: request.dryRun, who: file });
  return sayPlan(plan, { json: request.json, diff: request.diff || request.dryRun, applied: !request.dryRun, file });
}

function thingsIn(
  parsed: ReturnType<ApplyPorts["parse"]>,
): { readonly things: readonly Thing[] } | { readonly problems: readonly FileProblem[] } {
  if ("problems" in parsed) return parsed;
  const { things, problems } = readDocument(parsed.root);
  return problems.length > 0 ? { problems } : { things };
}

function sayProblems(problems: readonly FileProblem[], { json }: ApplyRequest, file: string): Told {
  const said = problems.map((problem) => `${file}:${sayProblem(problem)}\n`).join("");
  const count = problems.length === 1 ? "1 problem" : `${problems.length} problems`;
  const err = `${said}Nothing was applied: ${count} in ${file}\n`;
  if (!json) return { code: 1, out: "", err };
  const listed = problems.map(({ at: { line, column }, words }) => ({ line, column, words }));
  return { code: 1, out: `${JSON.stringify({ file, applied: false, problems: listed }, null, 2)}\n`, err };
}
