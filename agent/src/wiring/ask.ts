import { setTimeout as pause } from "node:timers/promises";
import { agentAsker } from "../adapters/ask-agent.ts";
import { passage } from "../ask/gate.ts";
import type { AskAgent, Asked } from "../ask/ports.ts";
import { nowText, statusText } from "../ask/say-host.ts";
import { type WaitOptions, waitOptions } from "../ask/wait-arguments.ts";
import { type Environment, readConfig } from "../config.ts";
import { hintOf, optionsOf } from "../help/help.ts";

const PAGES = { now: { page: "/now", text: nowText }, status: { page: "/status", text: statusText } } as const;

/** `truebound-agent now` and `status`: asks the agent that runs, prints, returns the exit code. */
export async function runAsk(command: keyof typeof PAGES, args: readonly string[], env: Environment): Promise<number> {
  const options = optionsOf(command, args, { json: "flag" });
  if (typeof options === "string") return complain(`${options}\n${hintOf(command)}`, 2);
  const { page, text } = PAGES[command];
  const asked = await asker(env)(page);
  const json = options.values.json === true;
  if (asked.kind !== "host" && !json) return complain(asked.says, 1);
  process.stdout.write(json ? inJson(asked) : text((asked as Extract<Asked, { kind: "host" }>).host));
  return asked.kind === "host" && asked.host.worstError !== null ? 0 : 1;
}

/** `truebound-agent wait`: until the clock is within its bound, or the time is over. */
export async function runWait(args: readonly string[], env: Environment): Promise<number> {
  const given = optionsOf("wait", args, { bound: "text", timeout: "text", unverified: "flag", json: "flag" });
  const options = typeof given === "string" ? given : waitOptions(given.values);
  if (typeof options === "string") return complain(`${options}\n${hintOf("wait")}`, 2);
  const { asked, why } = await untilOpen(options, asker(env));
  if (options.json) process.stdout.write(inJson(asked, why));
  else if (why === null && asked.kind === "host") process.stdout.write(nowText(asked.host));
  if (why === null) return 0;
  return complain(`Waited ${options.timeoutMs / 1000} s in vain: ${why}`, 1);
}

const BETWEEN_MS = 500;

/** The last answer, and why the gate is not open; null = it is. Paced by the monotonic clock. */
async function untilOpen(options: WaitOptions, ask: AskAgent): Promise<{ readonly asked: Asked; readonly why: string | null }> {
  const end = performance.now() + options.timeoutMs;
  let told = "";
  for (;;) {
    const asked = await ask("/now");
    const seen = asked.kind === "host" ? passage(options, asked.host) : { open: false as const, why: asked.says };
    if (seen.open) return { asked, why: null };
    if (performance.now() + BETWEEN_MS > end) return { asked, why: seen.why };
    if (asked.kind !== told) process.stderr.write(`waiting: ${seen.why}\n`);
    told = asked.kind;
    await pause(BETWEEN_MS);
  }
}

const asker = (env: Environment): AskAgent => agentAsker(readConfig(env).publish);

const inJson = (asked: Asked, why: string | null = null): string =>
  `${JSON.stringify(asked.kind === "host" ? { ...asked.host.all, ...(why === null ? {} : { problem: "not_within_bound", says: why }) } : { problem: asked.kind, says: asked.says }, null, 2)}\n`;

function complain(problem: string, code: number): number {
  process.stderr.write(`${problem}\n`);
  return code;
}
