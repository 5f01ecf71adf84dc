import type { Told } from "../admin/admin.ts";
import type { ActionBook } from "./ports.ts";
import { redact } from "./redact.ts";

export interface CommandBook {
  readonly actions: Pick<ActionBook, "record" | "outcome">;
  /** Whoever types, as the operating system knows them. */
  readonly user: string;
}

/** What a command sets out to do; its words but for the first are kept beside it. */
export type CommandAct = { readonly do: string } & Readonly<Record<string, unknown>>;

const TELLS = /^(list|show|get|head|verify|signoffs)(_|$)/;
const OF_WHAT = ["host", "name", "id", "rule", "channel", "file"] as const;

/** Does what somebody typed, and writes it down first where it changes something. What cannot be written down is not done. */
export async function writtenDown({ actions, user }: CommandBook, act: CommandAct, work: () => Promise<Told>): Promise<Told> {
  if (TELLS.test(act.do)) return work();
  const { do: operation, ...detail } = act;
  const action = { actorKind: "command line", actor: user, operation, target: targetOf(detail), detail: redact(detail), address: null };
  const id = await actions.record(action);
  const told = await work().catch(async (error: unknown) => {
    await actions.outcome(id, 500);
    throw error;
  });
  await actions.outcome(id, told.code === 0 ? 200 : 409);
  return told;
}

function targetOf(detail: Readonly<Record<string, unknown>>): string | null {
  const found = OF_WHAT.map((name) => detail[name]).find((value) => typeof value === "string");
  return typeof found === "string" ? found : null;
}
