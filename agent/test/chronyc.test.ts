import { execFileSync } from "node:child_process";
import { chmodSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { Chronyc, chooseRung, makeSource, nonceSource } from "@truebound/agent";
import { agentOn, answering, chronydPath, freePort, startChronyd } from "@truebound/testkit";
import { type Batch, DEFAULT_POLICY, unpackColumn } from "@truebound/wire";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { temporaryFolder } from "./helpers.ts";

const noChronyd = chronydPath() === null;

describe.skipIf(noChronyd)("chronyc against a real chronyd (skipped: chronyd not found)", () => {
  const folder = temporaryFolder();
  const stops: (() => Promise<void>)[] = [];
  let port = 0;
  let cmdport = 0;

  beforeAll(async () => {
    [port, cmdport] = [await freePort(), await freePort()];
    const server = startChronyd(port, ["allow 127.0.0.0/8", "bindaddress 127.0.0.1", "local stratum 2"]);
    stops.push(server.stop);
    await answering(port, server.log);
    const lines = [`server 127.0.0.1 port ${port} minpoll -4 maxpoll -4`, "server 127.0.0.99 port 9 minpoll -4 maxpoll -4"];
    stops.push(startChronyd(0, [...lines, `cmdport ${cmdport}`, "bindcmdaddress 127.0.0.1"]).stop);
  });
  afterAll(async () => {
    for (const stop of stops) await stop();
    folder.remove();
  });

  const script = (name: string, body: string, mode = 0o755): string => {
    const path = join(folder.path, name);
    writeFileSync(path, `#!/bin/sh\n${body}\n`);
    chmodSync(path, mode);
    return path;
  };

  it("reads reach in octal, as this version prints it also with -c", async () => {
    const witness = new Chronyc({ host: "127.0.0.1", port: cmdport });
    await expect.poll(async () => reachOf(await witness.sources(), "127.0.0.1"), { timeout: 20_000 }).toBe(0xff);
    const testimony = await witness.sources();
    expect(testimony).toMatchObject({ kind: "ok", malformed: [] });
    const sources = testimony.kind === "ok" ? testimony.value : [];
    expect(sources).toMatchObject([
      { mode: "server", state: "selected", address: "127.0.0.1", stratum: 2, poll: -4 },
      { mode: "server", state: "unreachable", address: "127.0.0.99", reach: 0, lastSampleS: null },
    ]);
    const printed = execFileSync("chronyc", ["-c", "-n", "-h", "127.0.0.1", "-p", String(cmdport), "sources"], { encoding: "utf8" });
    expect(printed.split("\n")[0]?.split(",")[5]).toBe("377");
  });

  it("reads tracking, for a user without rights too", async () => {
    const asNobody = script("as-nobody", 'exec setpriv --reuid 65534 --clear-groups chronyc "$@"');
    chmodSync(folder.path, 0o755);
    const program = process.getuid?.() === 0 ? asNobody : "chronyc";
    const tracking = await new Chronyc({ program, host: "127.0.0.1", port: cmdport }).tracking();
    expect(tracking).toMatchObject({ kind: "ok", value: { follows: "127.0.0.1", stratum: 3, leap: "normal", refid: 0x7f000001 } });
    const { value } = tracking as { value: { systemOffsetNs: bigint; rootDispersionNs: bigint } };
    expect(value.rootDispersionNs > 0n && value.rootDispersionNs < 1_000_000_000n).toBe(true);
  });

  it("what it claims is in the record between two readings, and holds the true offset of zero", { timeout: 60_000 }, async () => {
    const batches: Batch[] = [];
    const { rung } = await chooseRung(nonceSource(), { first: "userland_clock" });
    const agent = agentOn(rung, [makeSource("127.0.0.1", port, "declared")], {
      settings: { probeIntervalS: 1 },
      policy: { ...DEFAULT_POLICY, version: 1, report_interval_s: 0.5 },
      report: (batch) => batches.push(batch),
      witness: new Chronyc({ host: "127.0.0.1", port: cmdport, everySeconds: 1 }),
    });
    const claims = () => batches.flatMap(({ daemon, bounds }) => (daemon?.chronyd ? [{ ...daemon, chronyd: daemon.chronyd, bounds }] : []));
    agent.start();
    await expect.poll(() => claims().length, { timeout: 30_000 }).toBeGreaterThanOrEqual(2);
    agent.stop();
    rung.close();
    for (const { raw_ns, chronyd, kernel, bounds } of claims()) {
      expect(unpackColumn(bounds.raw_ns)).toContain(BigInt(raw_ns));
      expect(chronyd).toMatchObject({ follows: "127.0.0.1", stratum: 3, is_synchronised: true });
      const [offset, delay, dispersion] = [chronyd.offset_ns, chronyd.root_delay_ns, chronyd.root_dispersion_ns].map(Number);
      expect(Math.abs(offset as number)).toBeLessThanOrEqual((delay as number) / 2 + (dispersion as number));
      expect(BigInt(kernel?.max_error_ns ?? -1) >= 0n).toBe(true);
    }
    const [first, second] = claims();
    expect(first === undefined ? [] : unpackColumn(first.bounds.raw_ns)).toContain(BigInt(first?.asked_raw_ns ?? -1));
    expect(BigInt(second?.asked_raw_ns ?? 0) > BigInt(first?.raw_ns ?? 0)).toBe(true);
    expect(batches.filter(({ daemon }) => daemon === undefined).length).toBeGreaterThan(0);
  });

  it("names each way in which there is no answer", async () => {
    const kind = async (options: ConstructorParameters<typeof Chronyc>[0]) => (await new Chronyc(options).sources()).kind;
    expect(await kind({ host: "127.0.0.1", port: await freePort() })).toBe("refused");
    expect(await kind({ program: join(folder.path, "none") })).toBe("absent");
    expect(await kind({ program: script("closed", "true", 0o644) })).toBe("denied");
    expect(await kind({ program: script("unauthorised", "echo 501 Not authorised; exit 1") })).toBe("denied");
    expect(await kind({ program: script("hangs", "exec sleep 30"), timeoutMs: 100 })).toBe("timeout");
    expect(await kind({ program: script("talks", "exec yes '^,*'") })).toBe("too_long");
    expect(await kind({ program: script("babbles", "echo hello") })).toBe("malformed");
    expect(await kind({ program: script("fails", "exit 3") })).toBe("failed");
  });

  it("who found nobody does not start another process to ask the next question", async () => {
    const runs = join(folder.path, "runs");
    const said = (words: string, code: number) => script("counted", `echo run >> ${runs}; echo "${words}"; exit ${code}`);
    const both = async (program: string) => {
      writeFileSync(runs, "");
      const witness = new Chronyc({ program });
      const [sources, tracking] = [await witness.sources(), await witness.tracking()];
      return { kinds: [sources.kind, tracking.kind], runs: readFileSync(runs, "utf8").split("\n").length - 1 };
    };
    expect(await both(said("506 Cannot talk to daemon", 1))).toEqual({ kinds: ["refused", "refused"], runs: 1 });
    expect(await both(said("501 Not authorised", 1))).toEqual({ kinds: ["denied", "denied"], runs: 2 });
  });

  it("says what, where and how to mend", async () => {
    const testimony = await new Chronyc({ host: "127.0.0.1", port: await freePort() }).sources();
    expect(testimony).toEqual({
      kind: "refused",
      why: "Cannot ask chronyd for its sources: nobody answers; is chronyd running, and its cmdport not 0? (506 Cannot talk to daemon)",
    });
  });
});

function reachOf(testimony: Awaited<ReturnType<Chronyc["sources"]>>, address: string): number | undefined {
  return testimony.kind === "ok" ? testimony.value.find((source) => source.address === address)?.reach : undefined;
}
