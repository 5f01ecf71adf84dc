import { setTimeout as pause } from "node:timers/promises";
import { DEFAULT_CLIENT } from "@truebound/ntp";
import { type PartsPerBillion, ppb, type Steering, slewAllowance, uncalibrated } from "@truebound/time";
import { DEFAULT_POLICY } from "@truebound/wire";
import { chooseRung } from "../adapters/ladder.ts";
import { OpinionChild } from "../adapters/opinion-child.ts";
import { nonceSource, refidOf } from "../adapters/random.ts";
import { resolveSource } from "../adapters/resolver.ts";
import { rulerRho } from "../bound/drift-rules.ts";
import { type CheckOptions, parseCheck } from "../check/arguments.ts";
import { type Measurement, measure } from "../check/measure.ts";
import { checkJson, checkText, EXIT, exitCode } from "../check/present.ts";
import { ConfigError, type Environment, readConfig } from "../config.ts";
import { hintOf } from "../help/help.ts";
import { NtsDialogue } from "../probe/nts-dialogue.ts";
import { pollOnce } from "../probe/poll.ts";
import type { Clocks } from "../probe/ports.ts";
import { qualityOf } from "../probe/samples.ts";
import { SourceProbe } from "../probe/source-probe.ts";
import { heldAgainst, type OpinionSample, type SecondOpinion, secondOpinion } from "../second-opinion/hold-beside.ts";
import { opinionJson, opinionText } from "../second-opinion/say-opinion.ts";
import { keyMakerFor } from "./key-maker.ts";

/** A single look cannot tell who steers the clock. */
const UNSTEERED: Steering = { kind: "unknown" };
const BETWEEN_SAMPLES_MS = 1000;

/** `truebound-agent check`: measures once, prints, returns the exit code. */
export async function runCheck(args: readonly string[], env: Environment): Promise<number> {
  const options = parseCheck(args);
  const json = args.includes("--json");
  if (typeof options === "string") return cannotCheck(`${options}\n${hintOf("check")}`, json);
  const config = usable(() => readConfig(env));
  if (typeof config === "string") return cannotCheck(config, json);
  const keys = usable(() => keyMakerFor(config));
  if (typeof keys === "string") return cannotCheck(keys, json);
  const nonce = nonceSource();
  const { rung } = await chooseRung(nonce, { hardwareStamps: config.hardwareStamps });
  const policy = { ...DEFAULT_POLICY, rho_ppb: config.rhoPpb ?? DEFAULT_POLICY.rho_ppb };
  const premises = {
    drift: uncalibrated(rulerRho(policy, rung.clocks.ruler)),
    sigma: ppb(BigInt(policy.sigma_ppb)),
    steering: UNSTEERED,
  };
  const probes = options.sources.map(
    (source) =>
      new SourceProbe({
        source,
        drift: premises.drift,
        sigma: premises.sigma,
        client: { ...DEFAULT_CLIENT, interleave: rung.interleave },
        quality: qualityOf(rung.transport, source),
        pollSeconds: policy.probe_interval_s,
        trusted: false,
        refidOf,
        authenticatedOnly: config.authenticated === "required",
        ...(source.nts === undefined ? {} : { nts: new NtsDialogue(source.nts, source.host) }),
      }),
  );
  const instruments = { clocks: rung.clocks, transport: rung.transport, nonce, keys };
  await sampleAll(probes, options, (probe) => pollOnce(probe, instruments));
  const result = measure(probes, rung.clocks.read(), premises, options.faults ?? config.faults, rung.mode);
  const opinions = options.crossCheck ? await askedElsewhere(probes, options.samples, rung.clocks, premises.drift.rho) : null;
  rung.close();
  const held = opinions?.map((one) => heldAgainst(one, result.offset)) ?? null;
  process.stdout.write(options.json ? inJson(result, held) : inText(result, held, options.limits));
  return exitCode(result, options.limits);
}

/** The same sources once more, by another program, after our own exchanges, so that neither disturbs the other. */
async function askedElsewhere(
  probes: readonly SourceProbe[],
  samples: number,
  clocks: Clocks,
  rho: PartsPerBillion,
): Promise<SecondOpinion[]> {
  const child = new OpinionChild();
  const asked: { readonly probe: SourceProbe; readonly taken: OpinionSample[] }[] = probes.map((probe) => ({ probe, taken: [] }));
  for (let sample = 0; sample < samples; sample++) {
    if (sample > 0) await pause(BETWEEN_SAMPLES_MS);
    for (const { probe, taken } of asked) {
      const before = clocks.read();
      const answer = await child.ask(probe.address ?? "", probe.port);
      taken.push({ answer, before, after: clocks.read() });
    }
  }
  child.close();
  const now = clocks.read();
  const rates = { rho, slew: slewAllowance(UNSTEERED, now.kernel ?? null) };
  return asked.map(({ probe, taken }) => secondOpinion(probe.source.id, taken, now, rates));
}

const inJson = (result: Measurement, opinions: readonly SecondOpinion[] | null): string =>
  `${JSON.stringify({ ...checkJson(result), ...(opinions === null ? {} : { cross_check: opinions.map(opinionJson) }) }, null, 2)}\n`;

const inText = (result: Measurement, opinions: readonly SecondOpinion[] | null, limits: CheckOptions["limits"]): string =>
  `${[checkText(result, limits), ...(opinions === null ? [] : [opinionText(opinions)])].join("\n")}\n`;

/** What a check shares with the running agent, or what is wrong with its settings. */
function usable<T>(read: () => T): T | string {
  try {
    return read();
  } catch (error) {
    if (error instanceof ConfigError) return error.message;
    throw error;
  }
}

/** Nagios shows the first line of standard output: what went wrong must be there. A program gets JSON even then. */
export function cannotCheck(problem: string, json: boolean): number {
  process.stderr.write(`${problem}\n`);
  const [first = ""] = problem.split("\n");
  return say(json ? `${JSON.stringify({ problem: first })}\n` : `UNKNOWN: ${first}\n`, EXIT.unknown);
}

function say(text: string, code: number): number {
  process.stdout.write(text);
  return code;
}

async function sampleAll(
  probes: readonly SourceProbe[],
  { samples }: CheckOptions,
  poll: (probe: SourceProbe) => Promise<unknown>,
): Promise<void> {
  const progress = progressLine(probes.length * samples);
  await Promise.all(
    probes.map(async (probe) => {
      const address = await resolveSource(probe.source);
      if (address !== null) probe.resolved(address);
      for (let sample = 0; sample < samples && !probe.stopped; sample++) {
        if (sample > 0) await pause(BETWEEN_SAMPLES_MS);
        await poll(probe);
        progress.step();
      }
    }),
  );
  progress.done();
}

/** One line that is overwritten in place, on a terminal only. */
function progressLine(total: number): { step: () => void; done: () => void } {
  if (!process.stderr.isTTY) return { step: () => undefined, done: () => undefined };
  let taken = 0;
  return {
    step: () => {
      taken += 1;
      process.stderr.write(`\rmeasuring: ${taken} of ${total} exchanges `);
    },
    done: () => process.stderr.write("\r\u001b[K"),
  };
}
