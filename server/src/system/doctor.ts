import type { SystemCheckView, SystemView } from "@truebound/wire";
import { readOptions } from "@truebound/wire";
import type { Told } from "../admin/admin.ts";
import { ADMIN_SETTINGS } from "../usage.ts";

export interface DoctorRequest {
  readonly json: boolean;
}

export const DOCTOR_USAGE = `usage: truebound doctor [--json]
  How the service itself stands: database, servers, judge, channels, log, archive and what else it needs, the worst first, each with
  what to do about it. What only a running server knows of itself is unknown here, and on its page under Administration, System.
  It exits 0 when nothing warns or fails, 1 when something does.
  --json                   as JSON, as GET /api/v1/system says it (off)
${ADMIN_SETTINGS}
example: truebound doctor`;

export function parseDoctor(args: readonly string[]): DoctorRequest | string {
  const read = readOptions(args, { json: "flag" });
  if (typeof read === "string") return read;
  const [odd] = read.words;
  return odd === undefined ? { json: read.values.json === true } : `Cannot take ${JSON.stringify(odd)}: doctor takes no words`;
}

export function tellDoctor(view: SystemView, { json }: DoctorRequest): Told {
  const code = view.not_fine === 0 ? 0 : 1;
  if (json) return { code, out: `${JSON.stringify(view, null, 2)}\n`, err: "" };
  return { code, out: view.checks.map(lines).join(""), err: "" };
}

const lines = ({ id, state, words, since, mend }: SystemCheckView): string => {
  const when = since === null ? "" : ` (since ${since.slice(0, 19)}Z)`;
  return `${state.padEnd(7)}  ${id.padEnd(WIDEST)}  ${words}${when}\n${mend === null ? "" : `${" ".repeat(7 + 2 + WIDEST + 2)}${mend}\n`}`;
};
const WIDEST = "replication".length;
