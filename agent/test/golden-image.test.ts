import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { IdentityFiles } from "../src/adapters/identity-file.ts";
import { readMachine } from "../src/adapters/machine-files.ts";
import { discardForeign } from "../src/wiring/own-identity.ts";
import { temporaryFolder } from "./helpers.ts";

/** An image was made of an enrolled host, and started elsewhere. */
let folder: ReturnType<typeof temporaryFolder>;
let told: string[];
beforeEach(() => {
  folder = temporaryFolder();
  told = [];
});
afterEach(() => folder.remove());

const [MACHINE_A, MACHINE_B] = ["a".repeat(32), "b".repeat(32)] as const;

function machine(name: string, files: Record<string, string>): string {
  const root = join(folder.path, name);
  mkdirSync(root);
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), text);
  }
  return root;
}

function enrolledOn(root: string): string {
  const at = join(folder.path, "agent");
  const files = new IdentityFiles(at);
  files.signer();
  files.keep({ version: 1, agent: "x", server: "http://127.0.0.1:1/", epoch: 1, receiptKey: "k", pins: [], machine: readMachine(root) });
  mkdirSync(join(at, "spool"));
  writeFileSync(join(at, "spool/1.spool"), "unsent");
  return at;
}

const start = (at: string, root: string) => discardForeign(new IdentityFiles(at), readMachine(root), (_, message) => told.push(message));

describe("an identity in an image", () => {
  it("is kept on its own machine, and set aside with key and spool on another", () => {
    const [a, b] = [machine("a", { "etc/machine-id": `${MACHINE_A}\n` }), machine("b", { "etc/machine-id": `${MACHINE_B}\n` })];
    const at = enrolledOn(a);
    const key = readFileSync(join(at, "key.pem"), "utf8");
    expect(start(at, a)).toBeNull();
    expect(start(at, b)).toMatchObject({ agent: "x" });
    const [aside = ""] = readdirSync(at);
    expect(readdirSync(at)).toEqual([expect.stringMatching(/^cloned-[0-9a-f-]{36}$/)]);
    expect(statSync(join(at, aside)).mode & 0o777).toBe(0o700);
    expect(readdirSync(join(at, aside)).sort()).toEqual(["identity.json", "key.pem", "spool"]);
    expect(told).toEqual([
      expect.stringContaining(
        `another machine id): its identity, key and reports came with a copy and are set aside in ${join(at, aside)}`,
      ),
    ]);
    expect(new IdentityFiles(at).signer().publicKey).not.toBe("");
    expect(readFileSync(join(at, "key.pem"), "utf8")).not.toBe(key);
    expect(start(at, b)).toBeNull();
  });
  it("is told from its copy by the cloud's id where the image kept the machine id, but not by a file that is late", () => {
    const image = { "etc/machine-id": MACHINE_A };
    const a = machine("a", { ...image, "run/cloud-init/.instance-id": "i-1\n", "var/lib/cloud/data/instance-id": "i-1\n" });
    const early = machine("early", { ...image, "var/lib/cloud/data/instance-id": "i-1\n" });
    const lost = machine("lost", { ...image, "run/cloud-init/.instance-id": "iid-datasource-none\n" });
    const b = machine("b", { ...image, "run/cloud-init/.instance-id": "i-2\n", "var/lib/cloud/data/instance-id": "i-1\n" });
    const at = enrolledOn(a);
    for (const root of [early, lost]) expect(start(at, root)).toBeNull();
    expect(start(at, b)).not.toBeNull();
    expect(told[0]).toContain("another instance id");
  });
  it("of an earlier version learns where it is, and the ids themselves are nowhere in it", () => {
    const a = machine("a", { "etc/machine-id": MACHINE_A, "run/cloud-init/.instance-id": "i-0123456789" });
    const at = enrolledOn(machine("none", {}));
    const { machine: _, ...earlier } = JSON.parse(readFileSync(join(at, "identity.json"), "utf8")) as Record<string, unknown>;
    writeFileSync(join(at, "identity.json"), JSON.stringify(earlier), { mode: 0o600 });
    expect(start(at, a)).toBeNull();
    const text = readFileSync(join(at, "identity.json"), "utf8");
    expect(JSON.parse(text)).toMatchObject({ agent: "x", machine: readMachine(a) });
    expect(text).not.toMatch(new RegExp(`${MACHINE_A}|i-0123456789`));
    cpSync(at, join(folder.path, "copy"), { recursive: true });
    expect(start(join(folder.path, "copy"), machine("b", { "etc/machine-id": MACHINE_B }))).not.toBeNull();
  });
  it.each([
    ["is empty", ""],
    ["is not set yet", "uninitialized\n"],
    ["lasts for this boot only", `${MACHINE_B}\n`],
  ])("stays where the machine id %s", (why, text) => {
    const at = enrolledOn(machine("a", { "etc/machine-id": MACHINE_A }));
    const transient = why.includes("boot") ? { "run/machine-id": text } : {};
    expect(start(at, machine("b", { "etc/machine-id": text, ...transient }))).toBeNull();
    expect(existsSync(join(at, "identity.json"))).toBe(true);
  });
  it("is set aside whole at the next start, where the first was cut off before the identity had moved", () => {
    const at = enrolledOn(machine("a", { "etc/machine-id": MACHINE_A }));
    const b = machine("b", { "etc/machine-id": MACHINE_B });
    const half = join(at, "cloned-half");
    mkdirSync(half);
    for (const name of ["spool", "key.pem"]) {
      cpSync(join(at, name), join(half, name), { recursive: true });
    }
    expect(start(at, b)).not.toBeNull();
    expect(existsSync(join(at, "identity.json")) || existsSync(join(at, "key.pem"))).toBe(false);
  });
});
