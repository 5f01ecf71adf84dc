import type { DisciplineSaying } from "../observe/ntpd.ts";
import type { Testimony } from "../observe/ports.ts";
import { parseTimesyncd } from "../observe/timesyncd.ts";
import { runBounded } from "./bounded-program.ts";

const LIMITS = { path: "/usr/bin:/bin", environment: { SYSTEMD_COLORS: "0", SYSTEMD_PAGER: "" } } as const;

/** Asks systemd-timesyncd, through timedatectl and the system's bus. Never rejects. */
export async function askTimesyncd(program = "timedatectl"): Promise<Testimony<DisciplineSaying>> {
  const end = await runBounded(program, ["timesync-status"], LIMITS);
  if (end.kind !== "ok") return { kind: end.kind, why: `Cannot ask timesyncd through timedatectl: ${end.said}` };
  const read = parseTimesyncd(end.stdout);
  return "field" in read
    ? { kind: "malformed", why: `Cannot read what timedatectl says: ${read.field}: "${read.text}"` }
    : { kind: "ok", value: read, malformed: [] };
}
