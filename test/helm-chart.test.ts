import { execFileSync, spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import Schema from "typebox/schema";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { parse, parseAllDocuments } from "yaml";
import { gateOf } from "../agent/src/ask/gate.ts";
import { waitOptions } from "../agent/src/ask/wait-arguments.ts";
import { spanOf } from "../agent/src/check/arguments.ts";
import { optionsOf } from "../agent/src/help/help.ts";
import { LEAST, MOST } from "./helm-values.ts";

const ROOT = join(import.meta.dirname, "..");
const CHART = join(ROOT, "deploy/helm/truebound");
const noGo = spawnSync("go", ["version"]).status !== 0;

interface Resource {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: { readonly name: string };
  readonly spec: Record<string, never>;
}
interface Pod {
  readonly containers: readonly Container[];
  readonly initContainers?: readonly Container[];
  readonly volumes: readonly { readonly name: string }[];
  readonly securityContext: object;
  readonly enableServiceLinks?: boolean;
}
interface Container {
  readonly name: string;
  readonly env: readonly { readonly name: string; readonly value?: string }[];
  readonly ports?: readonly { readonly name: string }[];
  readonly volumeMounts: readonly { readonly name: string }[];
  readonly securityContext: object;
}
interface Workload extends Resource {
  readonly spec: Record<string, never> & {
    readonly selector: { readonly matchLabels: Record<string, string> };
    readonly template: { readonly metadata: { readonly labels: Record<string, string> }; readonly spec: Pod };
  };
}

/** With `GOPATH` as Debian's packages of Go libraries lie. */
const GO = { ...process.env, GO111MODULE: "off", GOPATH: "/usr/share/gocode", GOFLAGS: "" };
const folder = mkdtempSync(join(tmpdir(), "truebound-helm-"));
const RENDER = join(folder, "render");
afterAll(() => rmSync(folder, { recursive: true }));

const rendered = (values: object) => spawnSync(RENDER, [CHART, "tb", "clocks"], { input: JSON.stringify(values), encoding: "utf8" });
const resourcesOf = (values: object): readonly Resource[] => {
  const { status, stdout, stderr } = rendered(values);
  if (status !== 0) throw new Error(`Cannot render the chart: ${stderr}`);
  return parseAllDocuments(stdout)
    .map((one) => one.toJS() as Resource | null)
    .filter((one) => one !== null);
};

const isWorkload = (one: Resource): one is Workload => ["Deployment", "DaemonSet"].includes(one.kind);
const containersOf = ({ spec }: Workload): readonly Container[] => [
  ...(spec.template.spec.initContainers ?? []),
  ...spec.template.spec.containers,
];

/** Where the types of each kind are, and what they are called. */
const MODULES: Readonly<Record<string, string>> = {
  v1: "kubernetes-models/v1",
  "apps/v1": "kubernetes-models/apps/v1",
  "policy/v1": "kubernetes-models/policy/v1",
  "networking.k8s.io/v1": "kubernetes-models/networking.k8s.io/v1",
  "monitoring.coreos.com/v1": "@kubernetes-models/prometheus-operator/monitoring.coreos.com/v1",
};

/** As literals of TypeScript: a field that Kubernetes does not know, one that it needs, and a wrong type are errors of the compiler. */
function typeErrors(resources: readonly Resource[]): string {
  // Where the compiler finds the types.
  const folder = mkdtempSync(join(ROOT, "node_modules/.truebound-helm-"));
  try {
    const lines = resources.map(
      ({ apiVersion, kind, ...rest }, at) =>
        `import type { I${kind} as T${at} } from "${MODULES[apiVersion]}";\nexport const r${at}: T${at} = ${JSON.stringify({ apiVersion, kind, ...rest })};`,
    );
    writeFileSync(join(folder, "rendered.ts"), lines.join("\n"));
    const flags = [
      "--ignoreConfig",
      "--noEmit",
      "--strict",
      "--skipLibCheck",
      "--module",
      "nodenext",
      "--moduleResolution",
      "nodenext",
      "--types",
      "",
    ];
    const { stdout } = spawnSync(process.execPath, [join(ROOT, "node_modules/typescript/bin/tsc"), ...flags, join(folder, "rendered.ts")], {
      encoding: "utf8",
    });
    return stdout;
  } finally {
    rmSync(folder, { recursive: true });
  }
}

describe.skipIf(noGo)("the Helm chart, rendered by Go's templates (skipped: go not found)", { timeout: 120_000 }, () => {
  const kinds = new Map<string, readonly Resource[]>();
  const of = (name: "least" | "most") => {
    if (!kinds.has(name)) kinds.set(name, resourcesOf(name === "least" ? LEAST : MOST));
    return kinds.get(name) as readonly Resource[];
  };
  beforeAll(() => void execFileSync("go", ["build", "-o", RENDER, join(ROOT, "test/helm-render/render.go")], { env: GO }));

  it("has nothing but what Kubernetes knows", () => {
    expect(of("least").map(({ kind }) => kind)).toEqual(
      expect.arrayContaining(["Deployment", "DaemonSet", "Service", "ServiceAccount", "NetworkPolicy", "PodDisruptionBudget"]),
    );
    expect(of("most").map(({ kind }) => kind)).toEqual(expect.arrayContaining(["ConfigMap", "ServiceMonitor", "PrometheusRule"]));
    expect(typeErrors(of("least"))).toBe("");
    expect(typeErrors(of("most"))).toBe("");
    const wrong = { apiVersion: "v1", kind: "Service", metadata: { name: "x" }, spec: { selectr: {} } } as unknown as Resource;
    expect(typeErrors([wrong])).toContain("selectr");
  });
  it("selects its own pods, mounts what it declares, and probes ports that are there", () => {
    for (const workload of of("most").filter(isWorkload)) {
      const { selector, template } = workload.spec;
      expect(template.metadata.labels).toMatchObject(selector.matchLabels);
      const volumes = template.spec.volumes.map(({ name }) => name);
      for (const { volumeMounts } of containersOf(workload))
        expect(volumes).toEqual(expect.arrayContaining(volumeMounts.map(({ name }) => name)));
    }
    const server = of("most").find(({ kind }) => kind === "Deployment") as Workload;
    // A key that its group can read is refused, and so is each that is mounted for a group.
    const [serving] = server.spec.template.spec.containers;
    expect(serving?.env.find(({ name }) => name === "TRUEBOUND_RECEIPT_KEY_FILE")?.value).toBe("/var/lib/truebound/receipt-key.pem");
    const ports = containersOf(server).flatMap((one) => one.ports ?? []);
    expect(ports.map(({ name }) => name)).toEqual(["people", "agents"]);
  });
  it("runs nothing as root, with capabilities, or on a file system that it can write", () => {
    for (const workload of of("most").filter(isWorkload)) {
      expect(workload.spec.template.spec.securityContext).toMatchObject({ runAsNonRoot: true, seccompProfile: { type: "RuntimeDefault" } });
      for (const { securityContext } of containersOf(workload).filter(({ name }) => name !== "socket-folder"))
        expect(securityContext).toEqual({
          allowPrivilegeEscalation: false,
          readOnlyRootFilesystem: true,
          capabilities: { drop: ["ALL"] },
        });
    }
  });
  it("gives the node's folder of the socket to the agent's user, which is all that is done as root, and only where it is asked for", () => {
    const agentOf = (resources: readonly Resource[]) => resources.find(({ kind }) => kind === "DaemonSet") as Workload;
    const [folder, ...others] = agentOf(of("most")).spec.template.spec.initContainers ?? [];
    expect(others).toEqual([]);
    expect(folder).toMatchObject({
      command: ["node", "-e", "require('node:fs').chownSync('/run/truebound-agent', 10001, 10001)"],
      securityContext: { runAsUser: 0, capabilities: { drop: ["ALL"], add: ["CHOWN"] } },
      volumeMounts: [{ name: "socket", mountPath: "/run/truebound-agent" }],
    });
    expect(agentOf(of("least")).spec.template.spec.initContainers).toBeUndefined();
  });
  it("is given no variables of services: those of a release called truebound look like settings, and there are none such", () => {
    const links = of("most")
      .filter(isWorkload)
      .map(({ kind, spec }) => [kind, spec.template.spec.enableServiceLinks]);
    expect(links.sort()).toEqual([
      ["DaemonSet", false],
      ["Deployment", false],
    ]);
  });
  it("holds no secret: passwords and keys come from secrets that are named", () => {
    const said = JSON.stringify(of("most"));
    expect(said).not.toMatch(/postgres:\/\//);
    expect(said).toContain("secretKeyRef");
  });
  it("refuses to be made without the address by which people come", () => {
    expect(rendered({})).toMatchObject({ status: 1, stderr: expect.stringContaining("server.publicUrl is needed") });
    expect(rendered({ server: { enabled: false } }).status).toBe(0);
  });
});

describe("the database that waits", () => {
  const [database] = parseAllDocuments(readFileSync(join(ROOT, "deploy/kubernetes/database-that-waits.yaml"), "utf8")).map(
    (one) => one.toJS() as Workload,
  );
  it("has nothing but what Kubernetes knows", { timeout: 120_000 }, () => {
    expect(typeErrors([database as Workload])).toBe("");
  });
  it("waits by arguments that the agent takes, at the socket that the chart mounts, and is probed by a question that it answers", () => {
    const { initContainers = [], containers } = (database as Workload).spec.template.spec;
    const [clock] = initContainers as readonly (Container & { readonly args: readonly string[] })[];
    const [command, ...args] = clock?.args ?? [];
    const options = optionsOf("wait", args, { bound: "text", timeout: "text" });
    expect([command, typeof options === "string" ? options : waitOptions(options.values)]).toEqual([
      "wait",
      { bound: 1_000_000n, timeoutMs: 600_000, unverified: false, json: false },
    ]);
    expect(clock?.env).toEqual([{ name: "TRUEBOUND_AGENT_SOCKET", value: "/run/truebound-agent/agent.sock" }]);
    const [probed] = containers as readonly (Container & { readonly readinessProbe: { readonly httpGet: { readonly path: string } } })[];
    const [path, query] = probed?.readinessProbe.httpGet.path.split("?") ?? [];
    expect([path, gateOf(new URLSearchParams(query), spanOf)]).toEqual(["/ready", { bound: 1_000_000n, unverified: false }]);
  });
});

describe("the Helm chart", () => {
  const schema = Schema.Compile(JSON.parse(readFileSync(join(CHART, "values.schema.json"), "utf8")));
  const values = parse(readFileSync(join(CHART, "values.yaml"), "utf8")) as Record<string, object>;

  it("has values of its own schema, which refuses what is misspelt", () => {
    expect(schema.Check(values)).toBe(true);
    expect(schema.Check({ ...values, server: { ...values.server, replica: 2 } })).toBe(false);
    expect(schema.Check({ ...values, server: { ...values.server, publicUrl: "http://plain.example.net" } })).toBe(false);
  });
  it("ships the very rules of deploy/prometheus", () => {
    const own = readFileSync(join(CHART, "files/truebound.rules.yml"), "utf8");
    expect(own).toBe(readFileSync(join(ROOT, "deploy/prometheus/truebound.rules.yml"), "utf8"));
  });
  it("names settings that there are", () => {
    const known = execFileSync("grep", ["-rhoE", "TRUEBOUND_[A-Z_]+", "agent/src", "server/src"], {
      cwd: ROOT,
      encoding: "utf8",
    });
    const set = new Set(known.split("\n"));
    const named = ["server.yaml", "agent.yaml"].flatMap((name) => [
      ...readFileSync(join(CHART, "templates", name), "utf8").matchAll(/name: (TRUEBOUND_[A-Z_]+)/g),
    ]);
    expect(named.length).toBeGreaterThan(10);
    expect(named.map(([, name = ""]) => name).filter((name) => !set.has(name))).toEqual([]);
  });
});
