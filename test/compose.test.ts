import { execFileSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { promtoolPath } from "@truebound/testkit";
import { SETTINGS } from "@truebound/wire";
import { Compile } from "typebox/schema";
import { describe, expect, it } from "vitest";
import { parse } from "yaml";
import { readConfig as readAgentConfig } from "../agent/src/config.ts";
import { readConfig as readServerConfig } from "../server/src/config.ts";
import { lastOf, readDockerfile, type Stage } from "./dockerfile.ts";

interface Service {
  readonly image?: string;
  readonly build?: { readonly context: string; readonly dockerfile: string };
  readonly profiles?: readonly string[];
  readonly network_mode?: string;
  readonly read_only?: boolean;
  readonly cap_drop?: readonly string[];
  readonly security_opt?: readonly string[];
  readonly command?: readonly string[];
  readonly environment?: Readonly<Record<string, string>>;
  readonly secrets?: readonly string[];
  readonly volumes?: readonly string[];
  readonly depends_on?: Readonly<Record<string, { readonly condition: string }>>;
  readonly healthcheck?: object;
  readonly ports?: readonly string[];
}
interface Compose {
  readonly services: Readonly<Record<string, Service>>;
  readonly volumes: Readonly<Record<string, null>>;
  readonly secrets: Readonly<Record<string, { readonly file: string }>>;
}

const ROOT = join(import.meta.dirname, "..");
const text = readFileSync(join(ROOT, "docker-compose.yml"), "utf8");
const document = parse(text, { merge: true }) as Record<string, unknown>;
const compose = document as unknown as Compose;
const services = Object.entries(compose.services);
const service = (name: string): Service => compose.services[name] ?? {};
/** As the client puts it in where nothing is set. */
const filled = (environment: Readonly<Record<string, string>> = {}): Record<string, string> =>
  Object.fromEntries(Object.entries(environment).map(([name, value]) => [name, value.replace(/\$\{\w+:-(.*)\}$/, "$1")]));
const imageOf = (name: string): Stage => readDockerfile(join(ROOT, service(name).build?.dockerfile ?? "")).at(-1) as Stage;

describe("docker-compose.yml", () => {
  it("is of the form that the Compose Specification's schema gives", () => {
    const schema = Compile(JSON.parse(readFileSync(join(import.meta.dirname, "compose-spec/schema.fixture.json"), "utf8")));
    expect(schema.Errors(document)[1]).toEqual([]);
    const misspelt = { ...document, services: { server: { ...service("server"), healthchek: {} } } };
    expect(schema.Check(misspelt)).toBe(false);
  });
  it("uses only settings that exist, and such as the programs take", () => {
    const named = services.flatMap(([, { environment }]) => Object.keys(environment ?? {})).filter((key) => key.startsWith("TRUEBOUND_"));
    expect(named.filter((key) => !(SETTINGS as readonly string[]).includes(key))).toEqual([]);
    for (const name of ["server", "join", "citus-schema"]) {
      const read = readServerConfig(filled(service(name).environment), { home: "/", isRoot: false, read: () => "geheim" });
      expect(read).toMatchObject({
        config: { databaseUrl: expect.stringMatching(/^postgres:\/\/truebound:geheim@127\.0\.0\.1:543[23]\/truebound$/) },
      });
    }
    expect(readAgentConfig(filled(service("agent").environment))).toMatchObject({ tokenFile: "/run/join/token", sources: null });
  });
  it("refers only to volumes, secrets, services and files that are there", () => {
    for (const [, { volumes = [], secrets = [], depends_on = {}, build }] of services) {
      const mounted = volumes.map((volume) => volume.split(":")[0] ?? "");
      expect(mounted.filter((place) => !/^[./]/.test(place) && !(place in compose.volumes))).toEqual([]);
      expect(mounted.filter((place) => place.startsWith(".") && !existsSync(join(ROOT, place)))).toEqual([]);
      expect(secrets.filter((secret) => !(secret in compose.secrets))).toEqual([]);
      if (build !== undefined) expect(existsSync(join(ROOT, build.dockerfile))).toBe(true);
      for (const [name, { condition }] of Object.entries(depends_on)) {
        expect(compose.services[name]).toBeDefined();
        const isChecked = service(name).healthcheck !== undefined || (service(name).build && lastOf(imageOf(name), "HEALTHCHECK") !== null);
        if (condition === "service_healthy") expect([name, isChecked]).toEqual([name, true]);
      }
    }
  });
  it("opens no port beyond loopback, pins each image, and keeps secrets out of the file and of git", () => {
    for (const [name, { ports = [], image = "", build, environment = {} }] of services) {
      expect(ports.filter((port) => !port.startsWith("127.0.0.1:"))).toEqual([]);
      if (build === undefined) expect([name, image]).toEqual([name, expect.stringMatching(/:v?\d+/)]);
      expect(Object.keys(environment).filter((key) => /(PASSWORD|SECRET|KEY)$/.test(key))).toEqual([]);
    }
    const ignored = readFileSync(join(ROOT, ".gitignore"), "utf8").split("\n");
    expect(Object.values(compose.secrets).filter(({ file }) => !file.startsWith("./secrets/"))).toEqual([]);
    expect(ignored).toContain("secrets/");
    for (const own of services.filter(([, { network_mode: mode, build }]) => mode === "host" && build === undefined))
      expect(JSON.stringify(own)).toMatch(/127\.0\.0\.1/);
  });
  it("runs what is ours without a way to change the image, or to more rights", () => {
    const ours = services.filter(([, { build }]) => build !== undefined);
    expect(ours.map(([name]) => name).sort()).toEqual(["agent", "citus-schema", "join", "server"]);
    for (const [, { read_only, cap_drop, security_opt }] of ours)
      expect([read_only, cap_drop, security_opt]).toEqual([true, ["ALL"], ["no-new-privileges:true"]]);
  });
  it("starts three services, and the rest by profile", () => {
    const always = services.filter(([, { profiles }]) => profiles === undefined).map(([name]) => name);
    expect(always).toEqual(["postgres", "server", "join", "agent"]);
    const profiles = new Set(services.flatMap(([, { profiles: named = [] }]) => named));
    expect([...profiles].sort()).toEqual(["citus", "observability"]);
  });
});

describe("the profile observability", () => {
  const monitoring = join(ROOT, "deploy/prometheus");
  it.skipIf(promtoolPath() === null)("has a Prometheus whose configuration promtool takes, with our rules", () => {
    const said = execFileSync(promtoolPath() ?? "", ["check", "config", join(monitoring, "prometheus.yml")], { encoding: "utf8" });
    expect(said).toMatch(/1 rule files found[\s\S]*\d\d rules found/);
  });
  it.skipIf(!existsSync("/usr/bin/amtool"))("has an Alertmanager whose configuration amtool takes", () => {
    const said = execFileSync("/usr/bin/amtool", ["check-config", join(monitoring, "alertmanager.yml")], { encoding: "utf8" });
    expect(said).toContain("SUCCESS");
  });
  it("scrapes the server and the agent where they serve, and tells the Alertmanager where that listens", () => {
    const config = parse(readFileSync(join(monitoring, "prometheus.yml"), "utf8")) as {
      readonly scrape_configs: readonly { readonly static_configs: readonly { readonly targets: readonly string[] }[] }[];
      readonly alerting: {
        readonly alertmanagers: readonly { readonly static_configs: readonly { readonly targets: readonly string[] }[] }[];
      };
    };
    const targets = config.scrape_configs.flatMap(({ static_configs }) => static_configs.flatMap((one) => one.targets));
    expect(targets).toEqual(["127.0.0.1:8123", "127.0.0.1:8124"]);
    const told = config.alerting.alertmanagers.flatMap(({ static_configs }) => static_configs.flatMap((one) => one.targets));
    expect(service("alertmanager").command).toContain(`--web.listen-address=${told[0]}`);
  });
  it("gives Grafana the two data sources that the dashboards ask, and the dashboards", () => {
    const provisioning = join(ROOT, "deploy/grafana/provisioning");
    const { datasources } = parse(readFileSync(join(provisioning, "datasources/truebound.yaml"), "utf8")) as {
      readonly datasources: readonly {
        readonly type: string;
        readonly user?: string;
        readonly secureJsonData?: { readonly password: string };
      }[];
    };
    const fleet = JSON.parse(readFileSync(join(ROOT, "deploy/grafana/fleet.json"), "utf8")) as {
      readonly templating: { readonly list: readonly { readonly type: string; readonly query: string }[] };
    };
    const asked = fleet.templating.list.filter(({ type }) => type === "datasource").map(({ query }) => query);
    expect(datasources.map(({ type }) => type).sort()).toEqual(asked.sort());
    const database = datasources.find(({ user }) => user === "grafana_reader");
    expect(database?.secureJsonData?.password).toBe("$__file{/run/secrets/grafana_reader_password}");
    const { providers } = parse(readFileSync(join(provisioning, "dashboards/truebound.yaml"), "utf8")) as {
      readonly providers: readonly { readonly options: { readonly path: string } }[];
    };
    expect(service("grafana").volumes).toContain(`./deploy/grafana:${providers[0]?.options.path}:ro`);
  });
});
