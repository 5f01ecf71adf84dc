import { type ChildProcess, execFile, spawnSync } from "node:child_process";
import { chmodSync, cpSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { loadavg, tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, inject, it } from "vitest";
import { readEvidence } from "../agent/test/acceptance/reporting-world.ts";
import { times } from "../agent/test/acceptance/scale.ts";
import { epochOf } from "../packages/release/src/package-agent.ts";
import { layRepository } from "../packages/release/src/repository.ts";
import { get } from "../server/test/fake-agent.ts";
import { serverForTests } from "../server/test/server-under-test.ts";
import { until } from "../server/test/until.ts";
import { cleanDebian } from "./clean-debian.ts";
import { flipped } from "./flipped.ts";
import { olderSources } from "./older-sources.ts";
import { ThrowawayRoot, whyNoThrowawayRoot } from "./throwaway-root.ts";

/** The agent's packages as they are built, installed, used, replaced and removed: on this machine's own system, or a clean Debian. */
const ROOT = join(import.meta.dirname, "..");
const LONG = inject("long") === true;
const NEEDED = ["rpmbuild", "dpkg-scanpackages", "apt-ftparchive", "createrepo_c", "gpg", ...(LONG ? ["debootstrap"] : [])];
const missing = NEEDED.find((program) => spawnSync("sh", ["-c", `command -v ${program}`]).status !== 0);
const WHY_NOT = missing === undefined ? whyNoThrowawayRoot() : `${missing} not found`;
const OLD = "0.0.9";
const VERSION = JSON.parse(readFileSync(join(ROOT, "agent/package.json"), "utf8")).version as string;
const STATE = "/var/lib/truebound-agent";
/** Reports that wait in the spool of the older agent when it is replaced. */
const SPOOLED = times(500, 10_000);
/** By this version, of whatever version it is told. */
const FILL_SPOOL = join(ROOT, "packages/testkit/dist/child/fill-spool.js");
/** Of all that is built here, whatever is committed meanwhile. */
const EPOCH = epochOf(ROOT, process.env.SOURCE_DATE_EPOCH);
const PACKAGER = "packages@test.invalid";

const run = promisify(execFile);

describe.skipIf(WHY_NOT !== null)(`the agent's packages${WHY_NOT === null ? "" : ` (skipped: ${WHY_NOT})`}`, () => {
  const folder = mkdtempSync(join(tmpdir(), "truebound-packages-"));
  chmodSync(folder, 0o755);
  const shared = join(folder, "shared");
  const built = join(shared, "built");
  const tested = serverForTests();
  let system: ThrowawayRoot;
  let agent: ChildProcess | undefined;
  let said = "";
  /** What the agent that is replaced is built from: this, or in the long run an earlier commit. */
  let [sources, from] = [ROOT, "the same sources"];

  const build = (...more: string[]) => buildFrom(ROOT, ...more);
  const buildFrom = async (sources: string, ...more: string[]) =>
    (
      await run(process.execPath, [join(sources, "packages/release/dist/main.js"), "--compression", "fast", ...more], {
        env: { ...process.env, HOME: process.env.HOME ?? "/root", SOURCE_DATE_EPOCH: String(EPOCH) },
      })
    ).stdout;

  beforeAll(async () => {
    mkdirSync(shared);
    if (LONG) {
      const older = await olderSources(ROOT, join(folder, "older"));
      if (older !== null) [sources, from] = [join(folder, "older"), `commit ${older.commit}`];
    }
    system = await ThrowawayRoot.open(LONG ? await cleanDebian() : "/", join(folder, "system"), shared);
  }, 1_800_000);
  afterAll(async () => {
    agent?.kill("SIGKILL");
    await system?.close();
    rmSync(folder, { recursive: true, force: true });
  });

  const shell = async (command: string) => {
    const { code, out } = await system.run(command);
    if (code !== 0) throw new Error(`${command}: exit code ${code}\n${out}`);
    return out.trim();
  };
  const hostOf = async (name: string) =>
    (await get(`${tested.server.peopleUrl}/api/v1/hosts/${name}`)).body as { readonly evidence: { readonly seq: number } | null };
  const seqOf = async () => Number((await hostOf("packaged")).evidence?.seq ?? 0);
  const spooled = () => shell(`cd ${STATE} && find . -type f ! -name agent.lock -exec sha256sum {} + | sort -k2`);
  const startAgent = (...args: string[]) => {
    const user = ["setpriv", "--reuid=truebound-agent", "--regid=truebound-agent", "--clear-groups"];
    agent = system.start([...user, "truebound-agent", "run", ...args]);
    said = "";
    for (const stream of [agent.stdout, agent.stderr]) stream?.on("data", (bytes) => (said += String(bytes)));
  };
  const stopAgent = async () => {
    const ended = new Promise((resolve) => agent?.once("close", (code) => resolve(code)));
    agent?.kill("SIGTERM");
    expect(await ended).toBe(0);
  };

  it("are the same to the byte when they are built twice, each with its SBOM, and for both architectures", {
    timeout: 600_000,
  }, async () => {
    expect(await build("--out", built, "--arch", "x64", "--twice")).toContain("built twice: all 6 files are the same to the byte");
    await build("--out", built, "--arch", "arm64", "--kind", "deb");
    await buildFrom(sources, "--out", join(shared, "old"), "--arch", "x64", "--kind", "deb", "--version", OLD);
    const artefacts = readdirSync(built).filter((name) => !name.endsWith(".cdx.json"));
    expect(artefacts.sort()).toEqual([
      `truebound-agent-${VERSION}-1.x86_64.rpm`,
      `truebound-agent-${VERSION}-linux-x64.tar.gz`,
      `truebound-agent_${VERSION}_amd64.deb`,
      `truebound-agent_${VERSION}_arm64.deb`,
    ]);
    for (const name of artefacts)
      expect(componentsOf(name)).toEqual(expect.arrayContaining([expect.stringMatching(/^node-linux-(x64|arm64) 24\./)]));
  });

  /** Name, version and licence of each part, as the SBOM beside an artefact says. */
  const componentsOf = (name: string): string[] => {
    const { components } = JSON.parse(readFileSync(join(built, `${name}.cdx.json`), "utf8")) as {
      readonly components: readonly { name: string; version: string; licenses: readonly [{ license: { id: string } }] }[];
    };
    return components.map(({ name, version, licenses }) => `${name} ${version} ${licenses[0].license.id}`);
  };

  it("hold binaries of their own architecture, unstripped, and nothing under the GPL", { timeout: 300_000 }, async () => {
    for (const [architecture, machine] of [
      ["amd64", 62],
      ["arm64", 183],
    ] as const) {
      const at = join(folder, architecture);
      await run("dpkg-deb", ["-x", join(built, `truebound-agent_${VERSION}_${architecture}.deb`), at]);
      const lib = join(at, "usr/lib/truebound-agent");
      const files = readdirSync(lib, { recursive: true, encoding: "utf8" }).filter((file) => statSync(join(lib, file)).isFile());
      const binaries = files.filter((file) => readFileSync(join(lib, file)).subarray(0, 4).toString("latin1") === "\x7fELF");
      expect(binaries.sort()).toEqual([expect.stringMatching(/koffi\.node$/), "bin/node"]);
      for (const file of binaries) expect(readFileSync(join(lib, file)).readUInt16LE(18)).toBe(machine);
      expect(files.join()).not.toMatch(/ntp-time-sync/);
      expect(componentsOf(`truebound-agent_${VERSION}_${architecture}.deb`).filter((one) => /ntp-time-sync|GPL/.test(one))).toEqual([]);
      const notices = readFileSync(join(at, "usr/share/doc/truebound-agent/THIRD-PARTY-NOTICES"), "utf8");
      for (const name of ["@noble/ciphers 2.", "typebox 1.", "yaml 2.", "koffi 3.", "node-linux-"])
        expect(notices.includes(`\n${name}`)).toBe(true);
      rmSync(at, { recursive: true });
    }
  });

  it("install with a user, a folder and settings of their own, and run by the Node that they carry", { timeout: 300_000 }, async () => {
    await shell(`dpkg -i /mnt/old/truebound-agent_${OLD}_amd64.deb`);
    expect(await shell("truebound-agent version")).toBe(`truebound-agent ${VERSION}`);
    expect(await shell(`stat -c '%U %G %a' ${STATE}`)).toBe("truebound-agent truebound-agent 700");
    expect(await shell("getent passwd truebound-agent")).toMatch(/:\/var\/lib\/truebound-agent:\/usr\/sbin\/nologin$/);
    expect(await shell("ls /etc/systemd/system/multi-user.target.wants")).toContain("truebound-agent.service");
    expect(JSON.parse(await shell("truebound-agent config show"))).toMatchObject({
      data_dir: { value: STATE, from: "/etc/truebound-agent/agent.yaml:6" },
      config_dir: { value: "/etc/truebound-agent" },
    });
    expect(await shell("truebound-agent doctor")).toMatch(/^ok +native_code/m);
  });

  it("enrol by root for the service, which runs already and reports as its own user once it is told to look again", {
    timeout: 300_000,
  }, async () => {
    const token = await tested.server.createToken({ uses: 1, ttlSeconds: 600, labels: {} });
    writeFileSync(join(shared, "join.token"), token, { mode: 0o600 });
    await shell(`printf 'http_port: 0\\nsources: ["127.0.0.1:9"]\\nhost_name: packaged\\n' > /etc/truebound-agent/agent.d/10-test.yaml`);
    startAgent();
    await until("it measures", () => said.includes("measuring without reporting to anybody"), 60_000);
    expect(await shell("truebound-agent enroll --token-file /mnt/join.token")).toContain("Enrolled at");
    expect(existsSync(join(shared, "join.token"))).toBe(false);
    expect(await shell(`stat -c '%U %a' ${STATE}/key.pem ${STATE}/identity.json`)).toBe("truebound-agent 600\ntruebound-agent 600");
    agent?.kill("SIGHUP");
    await until("the installed agent reports", async () => (await seqOf()) > 0, 60_000);
    await stopAgent();
  });

  it("keep spool, key and settings over an upgrade, and nothing of it is lost", { timeout: 1_500_000 }, async () => {
    const before = await spooled();
    startAgent("--server-url", "http://127.0.0.1:9");
    await until("the spool grows while the server cannot be reached", async () => (await spooled()) !== before, 60_000);
    await stopAgent();
    const filledMs = await fillSpool();
    const kept = await spooled();
    const seq = await seqOf();
    await shell("echo '# ours' >> /etc/truebound-agent/agent.yaml");
    // Both sides changed agent.yaml: dpkg would ask, and nobody is there to answer.
    await shell(`dpkg --force-confdef --force-confold -i /mnt/built/truebound-agent_${VERSION}_amd64.deb`);
    expect(await shell("dpkg-query -W truebound-agent")).toBe(`truebound-agent\t${VERSION}`);
    expect(await spooled()).toBe(kept);
    expect(await shell("tail -n 1 /etc/truebound-agent/agent.yaml")).toBe("# ours");
    const since = performance.now();
    startAgent();
    await until("what was spooled arrives, and more", async () => (await seqOf()) > seq + 1 + SPOOLED, 900_000);
    const deliveredMs = performance.now() - since;
    await stopAgent();
    const evidence = await readEvidence(tested.url);
    expect({ broken: evidence.broken, epochs: evidence.epochs }).toEqual({ broken: [], epochs: 1 });
    // None is lost, and each is there once: also those that came twice.
    expect(evidence.numbers).toEqual(Array.from({ length: SPOOLED }, (_, n) => n));
    const took = `written in ${seconds(filledMs)} s, delivered in ${seconds(deliveredMs)} s, load ${loadavg()[0]?.toFixed(1)}`;
    console.log(`${OLD} of ${from} -> ${VERSION}: ${evidence.numbers.length} spooled reports, each stored once; ${took}`);
  });
  const seconds = (ms: number) => (ms / 1000).toFixed(1);

  /** Numbered reports, by the code of the older agent, into the spool of the one that is installed. */
  const fillSpool = async (): Promise<number> => {
    const { words, root } = system.beside;
    const [program = "", ...args] = [...words, process.execPath, FILL_SPOOL, sources, join(root, STATE), String(SPOOLED)];
    const { stdout } = await run(program, args);
    await shell(`chown -R truebound-agent: ${STATE}`);
    return Number(stdout);
  };

  it("keep all of that when they are removed, and nothing when they are purged", { timeout: 300_000 }, async () => {
    const kept = await spooled();
    await shell("dpkg -r truebound-agent");
    expect((await system.run("command -v truebound-agent; test -e /usr/lib/truebound-agent")).code).not.toBe(0);
    expect(await spooled()).toBe(kept);
    expect(await shell("ls /etc/truebound-agent/agent.yaml /etc/truebound-agent/agent.d/10-test.yaml; id -un truebound-agent")).toContain(
      "truebound-agent",
    );
    await shell("dpkg -P truebound-agent");
    const left = `${STATE} /etc/truebound-agent /etc/systemd/system/multi-user.target.wants/truebound-agent.service`;
    for (const path of left.split(" ")) expect([path, (await system.run(`test -e ${path}`)).code]).toEqual([path, 1]);
    expect((await system.run("getent passwd truebound-agent")).code).toBe(2);
    expect((await system.run("dpkg-query -s truebound-agent")).code).toBe(1);
  });

  it("are served by a signed repository, and what was changed in it is not installed", { timeout: 300_000 }, async () => {
    const home = join(folder, "gnupg");
    mkdirSync(home, { mode: 0o700 });
    const gpg = ["--homedir", home, "--batch", "--passphrase", ""];
    await run("gpg", [...gpg, "--quick-generate-key", PACKAGER, "rsa3072", "sign", "never"]);
    const repository = join(shared, "repository");
    const key = ["--gpg-home", home, "--gpg-key", PACKAGER];
    await build("--out", built, "--arch", "x64", "--kind", "deb", "--repository", repository, ...key);
    expect(readdirSync(join(repository, "yum/repodata"))).toEqual(expect.arrayContaining(["repomd.xml", "repomd.xml.asc"]));
    layRepository(built, join(folder, "again"), { home, key: PACKAGER }, EPOCH);
    expect(await sumsIn(join(folder, "again"))).toBe(await sumsIn(repository));
    const list = "/etc/apt/sources.list.d/truebound.list";
    await shell("install -m 0644 /mnt/repository/truebound.asc /usr/share/keyrings/truebound.asc");
    await shell(`echo "deb [signed-by=/usr/share/keyrings/truebound.asc] file:/mnt/repository/apt stable main" > ${list}`);
    const apt = `-o Dir::Etc::sourcelist=${list} -o Dir::Etc::sourceparts=- -o APT::Get::List-Cleanup=0 -o APT::Sandbox::User=root`;
    await shell(`apt-get update ${apt}`);
    await shell(`apt-get install -y ${apt} truebound-agent && dpkg -P truebound-agent`);
    for (const name of ["Packages", "Packages.gz"]) rmSync(join(repository, "apt/dists/stable/main/binary-amd64", name));
    writeFileSync(join(repository, "apt/dists/stable/main/binary-amd64/Packages"), "Package: truebound-agent\nVersion: 9\n");
    await shell("rm -r /var/lib/apt/lists/*stable*");
    const { code, out } = await system.run(`apt-get update ${apt}`);
    expect([code === 0, out]).toEqual([false, expect.stringMatching(/File has unexpected size|Hash Sum mismatch/)]);
  });

  it("are signed in the repository for yum too, index and packages: what was changed there is refused", { timeout: 120_000 }, async () => {
    const yum = join(shared, "repository/yum");
    const reader = join(folder, "reader");
    mkdirSync(reader, { mode: 0o700 });
    const gpg = (...args: string[]) => spawnSync("gpg", ["--homedir", reader, "--batch", ...args]).status;
    const index = join(yum, "repodata/repomd.xml");
    const verify = () => gpg("--verify", `${index}.asc`, index);
    expect(verify()).not.toBe(0);
    gpg("--import", join(shared, "repository/truebound.asc"));
    expect(verify()).toBe(0);
    await flipped(index, () => expect(verify()).not.toBe(0));
    const name = `truebound-agent-${VERSION}-1.x86_64.rpm`;
    mkdirSync(join(folder, "rpm-keys"));
    const rpmkeys = (...args: string[]) => spawnSync("rpmkeys", ["--dbpath", join(folder, "rpm-keys"), ...args], { encoding: "utf8" });
    expect(rpmkeys("-K", join(yum, name))).toMatchObject({ status: 1, stdout: expect.stringContaining("SIGNATURES NOT OK") });
    expect(rpmkeys("--import", join(shared, "repository/truebound.asc")).status).toBe(0);
    expect(rpmkeys("-K", join(yum, name))).toMatchObject({ status: 0, stdout: `${join(yum, name)}: digests signatures OK\n` });
    expect(rpmkeys("-K", join(built, name)).stdout).toBe(`${join(built, name)}: digests OK\n`);
    await flipped(join(yum, name), () =>
      expect(rpmkeys("-K", join(yum, name))).toMatchObject({ status: 1, stdout: expect.stringContaining("NOT OK") }),
    );
  });

  const sumsIn = async (place: string) => (await run("sh", ["-ec", "find . -type f | sort | xargs sha256sum"], { cwd: place })).stdout;

  it.skipIf(LONG)("install, replace and remove by rpm, which keeps what the host has", { timeout: 300_000 }, async () => {
    const rpm = "rpm --dbpath /var/lib/rpm-test --nodeps";
    await shell(`${rpm} -i /mnt/built/truebound-agent-${VERSION}-1.x86_64.rpm`);
    expect(await shell("truebound-agent version")).toBe(`truebound-agent ${VERSION}`);
    expect(await shell(`stat -c '%U %a' ${STATE}`)).toBe("truebound-agent 700");
    await shell(`touch ${STATE}/key.pem && echo '# ours' >> /etc/truebound-agent/agent.yaml`);
    await shell(`${rpm} -U --replacepkgs /mnt/built/truebound-agent-${VERSION}-1.x86_64.rpm`);
    expect(await shell("tail -n 1 /etc/truebound-agent/agent.yaml")).toBe("# ours");
    await shell(`${rpm} -e truebound-agent`);
    expect(await shell(`ls ${STATE}/key.pem /etc/truebound-agent`)).toContain("agent.yaml.rpmsave");
    expect((await system.run("command -v truebound-agent")).code).not.toBe(0);
  });

  // Minutes on a busy machine: five runs of a playbook, each of which starts Python for every task.
  if (LONG)
    it("are put on a host by the Ansible role, which changes nothing the second time or in check mode, and can take them off", {
      timeout: 1_200_000,
    }, async () => {
      cpSync(join(ROOT, "deploy/ansible"), join(shared, "ansible"), { recursive: true });
      // This machine's own system, which has Ansible.
      const own = await ThrowawayRoot.open("/", join(folder, "own"), shared);
      const play = async (...more: string[]): Promise<string> => {
        const vars = [
          `truebound_agent_package=/mnt/built/truebound-agent_${VERSION}_amd64.deb`,
          'truebound_agent_settings={"probe_interval": "32s"}',
        ];
        const extra = vars.map(
          (one) => `-e '${one.startsWith("truebound_agent_settings") ? `{"truebound_agent_settings": ${one.split("=")[1]}}` : one}'`,
        );
        const command = `cd /mnt/ansible && printf '[truebound_agents]\\nlocalhost ansible_connection=local\\n' > /tmp/inventory && ansible-playbook -i /tmp/inventory ${extra.join(" ")} ${more.join(" ")} site.yml`;
        const { code, out } = await own.run(command, { ANSIBLE_NOCOLOR: "1", HOME: "/root" }, { timeoutMs: 600_000 });
        if (code !== 0) throw new Error(out);
        return out;
      };
      const recap = (out: string) => /ok=\d+ +changed=(\d+) +unreachable=0 +failed=0/.exec(out)?.[1];
      try {
        const foreseen = await play("--check");
        expect([Number(recap(foreseen)) > 0, (await own.run("test -e /usr/bin/truebound-agent")).code]).toEqual([true, 1]);
        const first = await play();
        expect(first).toContain("so nothing starts the agent, and nothing reloads it");
        expect((await own.run("truebound-agent config show")).out).toMatch(
          /"probe_interval_s": \{\s+"value": 32,\s+"from": ".*50-ansible.yaml/,
        );
        expect([recap(await play()), recap(await play("--check"))]).toEqual(["0", "0"]);
        await play("-e truebound_agent_state=absent", "-e truebound_agent_purge=true");
        expect((await own.run(`test -e /usr/bin/truebound-agent || test -e ${STATE} || test -e /etc/truebound-agent`)).code).toBe(1);
      } finally {
        await own.close();
      }
    });
});
