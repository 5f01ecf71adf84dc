import { writeFileSync } from "node:fs";
import { availableParallelism } from "node:os";
import { setTimeout as pause } from "node:timers/promises";
import type { SignedStampStatement, StampStatement } from "@truebound/wire";
import { stampStatementText } from "@truebound/wire";
import { BusyWorkers } from "../adapters/busy-workers.ts";
import { IdentityFiles } from "../adapters/identity-file.ts";
import { openStampClock } from "../adapters/stamp-clock.ts";
import { StampedChild } from "../adapters/stamped-child.ts";
import { type Config, type Environment, readConfig } from "../config.ts";
import { hintOf } from "../help/help.ts";
import { printable } from "../observe/printable.ts";
import type { Signer } from "../report/ports.ts";
import { parseStampTest, type StampTestOptions } from "../stamp-test/arguments.ts";
import { judgeRounds, type Round } from "../stamp-test/judge-rounds.ts";
import type { StampClock } from "../stamp-test/ports.ts";
import { stampTestText, statementOf } from "../stamp-test/present.ts";
import { restBefore } from "../stamp-test/rest.ts";
import { takeRounds } from "../stamp-test/take-rounds.ts";
import { VERSION } from "../version.ts";
import { readBootId } from "./boot-id.ts";

/** `truebound-agent stamp-test -- CMD…`: measures, signs, prints; resolves to the exit code. */
export async function runStampTest(args: readonly string[], env: Environment): Promise<number> {
  const options = parseStampTest(args, availableParallelism());
  if (typeof options === "string") return complain(`${options}\n${hintOf("stamp-test")}`, 2);
  const config = readConfig(env);
  const files = new IdentityFiles(config.dataDir);
  const signer = files.signer();
  const clock = openStampClock();
  const measured = await measure(options, clock);
  clock.close();
  if (typeof measured === "string") return complain(measured, 1);
  const agent = files.identity()?.agent ?? null;
  return tell(signed(statement(measured, options, { agent, clock: clock.mode, config }), signer), options);
}

const complain = (problem: string, code: number): number => {
  process.stderr.write(`${problem}\n`);
  return code;
};

/** The load comes first and goes last: no round is without it. */
async function measure(options: StampTestOptions, clock: StampClock): Promise<readonly Round[] | string> {
  const load = await BusyWorkers.start(options.load);
  const child = new StampedChild(options.command, clock, options.arrivals ? "wanted" : "refused");
  const rest = (round: number) => pause(options.arrivals ? 0 : restBefore(round, options.everyMs)).then(() => undefined);
  const taken = await takeRounds(child, clock, options, rest);
  await child.close();
  await load.close();
  return taken;
}

function statement(
  rounds: readonly Round[],
  { command, stampPoint, load, warmUp }: StampTestOptions,
  { agent, clock, config }: { readonly agent: string | null; readonly clock: string; readonly config: Config },
): StampStatement {
  const [first, last] = [rounds[0] as Round, rounds.at(-1) as Round];
  return statementOf(judgeRounds(rounds), {
    agent,
    host: printable(config.name, 255) ?? "?",
    software: `truebound-agent ${VERSION}`,
    boot_id: readBootId(),
    command: command.map((word) => printable(word, 4096) ?? ""),
    stamp_point: stampPoint,
    clock,
    warm_up: warmUp,
    load_workers: load,
    processors: availableParallelism(),
    began: first.before ?? first.after,
    ended: last.after,
  });
}

const signed = (what: StampStatement, { publicKey, sign }: Signer): SignedStampStatement => ({
  statement: what,
  public_key: publicKey,
  signature: Buffer.from(sign(stampStatementText(what))).toString("base64url"),
});

function tell(kept: SignedStampStatement, { json, out }: StampTestOptions): number {
  const text = `${JSON.stringify(kept, null, 2)}\n`;
  process.stdout.write(json ? text : stampTestText(kept.statement, { publicKey: kept.public_key, signature: kept.signature }));
  if (out === null) return 0;
  try {
    // What was kept as evidence is not written over.
    writeFileSync(out, text, { flag: "wx" });
    return 0;
  } catch (error) {
    return complain(`Cannot keep the signed statement: ${(error as Error).message}; name a new file with --out`, 1);
  }
}
