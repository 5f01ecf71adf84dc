import { type ChildProcess, execFile, spawnSync } from "node:child_process";
import { chmodSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { type Chronyd, chronydPath, makeStar, type Star, startChronyd } from "@truebound/testkit";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { cleanDebian } from "./clean-debian.ts";
import { flipped } from "./flipped.ts";
import { ThrowawayRoot, whyNoThrowawayRoot } from "./throwaway-root.ts";

/**
 * docs/offline.md: the archive for machines without a network, built twice, verified, and installed on a fresh Debian 12 that has
 * no network but its own loopback. On that loopback three time servers stand in for those of the site.
 */
const ROOT = join(import.meta.dirname, "..");
const VERSION = JSON.parse(readFileSync(join(ROOT, "agent/package.json"), "utf8")).version as string;
const TOP = `truebound-offline-${VERSION}-linux-x64`;
const KEY = "packages@test.invalid";
const SITE = ["127.0.0.11", "127.0.0.12", "127.0.0.13"];
/** As a person has it. */
const PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";
const STATE = "/var/lib/truebound-agent";

const run = promisify(execFile);
const missing = ["debootstrap", "ip", "unshare", "gpg"].find((program) => spawnSync("sh", ["-c", `command -v ${program}`]).status !== 0);
const WHY_NOT = missing !== undefined ? `${missing} not found` : chronydPath() === null ? "chronyd not found" : whyNoThrowawayRoot();

describe.skipIf(WHY_NOT !== null)(`the offline bundle${WHY_NOT === null ? "" : ` (skipped: ${WHY_NOT})`}`, () => {
  const folder = mkdtempSync(join(tmpdir(), "truebound-offline-"));
  chmodSync(folder, 0o755);
  const [shared, maker, reader] = ["shared", "maker", "reader"].map((name) => join(folder, name)) as [string, string, string];
  const unpacked = join(shared, TOP);
  const daemons: Chronyd[] = [];
  let star: Star;
  let system: ThrowawayRoot;
  let agent: ChildProcess | undefined;

  beforeAll(async () => {
    for (const place of [shared, maker, reader]) mkdirSync(place, { mode: place === shared ? 0o755 : 0o700 });
    system = await ThrowawayRoot.open(await cleanDebian(), join(folder, "system"), shared);
  }, 900_000);
  afterAll(async () => {
    agent?.kill("SIGKILL");
    for (const daemon of daemons) await daemon.stop();
    await system?.close();
    await star?.close();
    for (const home of [maker, reader]) spawnSync("gpgconf", ["--homedir", home, "--kill", "all"]);
    rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
  });

  const gpg = (home: string, ...args: string[]) => spawnSync("gpg", ["--homedir", home, "--batch", ...args], { encoding: "utf8" });
  /** On the machine without a network. */
  const typed = (command: string) => system.run(`cd /mnt/${TOP} && ${command}`, { PATH }, { from: star.insideHub, timeoutMs: 300_000 });
  const done = async (command: string): Promise<string> => {
    const { code, out } = await typed(command);
    if (code !== 0) throw new Error(`${command}: exit code ${code}\n${out}`);
    return out;
  };

  it("is the same to the byte when it is built twice, with its signature", { timeout: 900_000 }, async () => {
    gpg(maker, "--passphrase", "", "--quick-generate-key", KEY, "ed25519", "sign", "never");
    const what = ["--arch", "x64", "--kind", "deb", "--compression", "fast", "--offline-bundle", "--twice"];
    const by = ["--gpg-home", maker, "--gpg-key", KEY, "--out", join(folder, "built")];
    const { stdout } = await run(process.execPath, [join(ROOT, "packages/release/dist/main.js"), ...what, ...by]);
    expect(stdout).toContain("built twice: all 4 files are the same to the byte");
    expect(readdirSync(join(folder, "built")).sort()).toEqual([
      `truebound-agent_${VERSION}_amd64.deb`,
      `truebound-agent_${VERSION}_amd64.deb.cdx.json`,
      `${TOP}.tar.gz`,
      `${TOP}.tar.gz.cdx.json`,
    ]);
    await run("tar", ["-xzf", join(folder, "built", `${TOP}.tar.gz`), "-C", shared]);
  });

  it("is signed by who made it: whoever has the key sees a byte that was flipped", { timeout: 120_000 }, async () => {
    writeFileSync(join(folder, "key.asc"), gpg(maker, "--armor", "--export", KEY).stdout);
    const verify = () => gpg(reader, "--verify", join(unpacked, "SHA256SUMS.asc"), join(unpacked, "SHA256SUMS"));
    expect(verify().stderr).toContain("No public key");
    gpg(reader, "--import", join(folder, "key.asc"));
    expect(verify()).toMatchObject({ status: 0, stderr: expect.stringContaining(`Good signature from "${KEY}"`) });
    await flipped(join(unpacked, "SHA256SUMS"), () => {
      const { status, stderr } = verify();
      expect([status === 0, stderr]).toEqual([false, expect.stringContaining("BAD signature")]);
    });
    expect(verify().status).toBe(0);
  });

  it("installs nothing of which a byte was flipped, or that its checksums do not name", { timeout: 300_000 }, async () => {
    // Its hub has a loopback and no way out.
    const made = await makeStar(0);
    if (typeof made === "string") throw new Error(made);
    star = made;
    for (const path of ["server/bin/node", `agent/truebound-agent_${VERSION}_amd64.deb`, "server/app/migrations/0001-hosts.sql"])
      await flipped(join(unpacked, path), async () => {
        const { code, out } = await typed("./install.sh agent");
        expect([code, out]).toEqual([1, expect.stringContaining(`${path}: FAILED`)]);
      });
    writeFileSync(join(unpacked, "agent/another.deb"), "");
    expect(await typed("./install.sh agent")).toEqual({ code: 1, out: expect.stringContaining("does not name agent/another.deb") });
    rmSync(join(unpacked, "agent/another.deb"));
    expect((await system.run(`test -e /usr/bin/truebound-agent || test -e ${STATE}`)).code).toBe(1);
    expect(await done("./install.sh check")).toContain("gpg --verify SHA256SUMS.asc SHA256SUMS");
  });

  it("brings the agent to a machine without any route, where it bounds the clock by the site's own servers", {
    timeout: 600_000,
  }, async () => {
    expect((await run(star.insideHub[0] as string, [...star.insideHub.slice(1), "ip", "route"])).stdout).toBe("");
    for (const address of SITE)
      daemons.push(startChronyd(123, ["allow 127.0.0.0/8", `bindaddress ${address}`, "local stratum 1"], star.insideHub));
    await done("./install.sh agent");
    await done(`printf 'sources: [${SITE.map((one) => `"${one}"`).join(", ")}]\\n' > /etc/truebound-agent/agent.d/10-site.yaml`);
    const user = ["setpriv", "--reuid=truebound-agent", "--regid=truebound-agent", "--clear-groups"];
    agent = system.start([...user, "truebound-agent", "run"], {}, star.insideHub);
    let said = "";
    for (const stream of [agent.stdout, agent.stderr]) stream?.on("data", (bytes) => (said += String(bytes)));
    const waited = await typed("truebound-agent wait --bound 1s --timeout 120s --json");
    if (waited.code !== 0) throw new Error(`${waited.out}\n${said}`);
    const now = JSON.parse(await done("truebound-agent now --json")) as Record<string, never>;
    expect(now).toMatchObject({ status: "proven", votes: 3, id: null });
    // The servers tell this very machine's clock: the truth is 0.
    const { lo_ns, hi_ns } = now.guaranteed as unknown as Record<string, string>;
    expect(BigInt(lo_ns as string) <= 0n && 0n <= BigInt(hi_ns as string)).toBe(true);
    console.log(`without a network: ${JSON.stringify(now.guaranteed)} ns, ${now.status}`);
  });

  it("brings the server too, with a Node and modules of its own", { timeout: 300_000 }, async () => {
    expect(await done("./install.sh server")).toContain(`Installed the server ${VERSION}`);
    expect(await done("truebound version")).toBe(`truebound ${VERSION}\n`);
    const { code, out } = await typed("DATABASE_URL=postgres://127.0.0.1:9/none truebound doctor");
    expect([code, out]).toEqual([1, expect.stringMatching(/^fail +database +It cannot be used: connect ECONNREFUSED 127\.0\.0\.1:9$/m)]);
    expect(await done(`stat -c '%U %a' /var/lib/truebound; test -e /opt/truebound/current/app/web/dist/site/index.html`)).toBe(
      "truebound 700\n",
    );
    expect(await done("./install.sh server")).toContain(`Installed the server ${VERSION}`);
  });
});
