import { readFileSync } from "node:fs";
import { join } from "node:path";
import { SETTINGS } from "@truebound/wire";
import { describe, expect, it } from "vitest";
import { parse } from "yaml";

interface Service {
  readonly image?: string;
  readonly environment?: Record<string, string>;
  readonly secrets?: readonly string[];
  readonly volumes?: readonly string[];
  readonly depends_on?: Record<string, { condition: string }>;
  readonly healthcheck?: object;
  readonly ports?: readonly string[];
}
interface Compose {
  readonly services: Record<string, Service>;
  readonly volumes: Record<string, null>;
  readonly secrets: Record<string, { file: string }>;
}

const ROOT = join(import.meta.dirname, "..");
const compose = parse(readFileSync(join(ROOT, "docker-compose.yml"), "utf8")) as Compose;
const services = Object.entries(compose.services);

describe("docker-compose.yml", () => {
  it("uses only settings that exist", () => {
    const named = services.flatMap(([, { environment }]) => Object.keys(environment ?? {})).filter((key) => key.startsWith("TRUEBOUND_"));
    expect(named.filter((key) => !(SETTINGS as readonly string[]).includes(key))).toEqual([]);
  });
  it("refers only to volumes, secrets and services that it declares", () => {
    for (const [, { volumes = [], secrets = [], depends_on = {} }] of services) {
      const named = volumes.map((volume) => volume.split(":")[0] ?? "").filter((volume) => !volume.startsWith("."));
      expect(named.filter((volume) => !(volume in compose.volumes))).toEqual([]);
      expect(secrets.filter((secret) => !(secret in compose.secrets))).toEqual([]);
      for (const [service, { condition }] of Object.entries(depends_on)) {
        expect(compose.services[service]).toBeDefined();
        if (condition === "service_healthy") expect(compose.services[service]?.healthcheck).toBeDefined();
      }
    }
  });
  it("opens no port beyond loopback, pins each image's major, and keeps the password out of the file", () => {
    for (const [, { ports = [], image, environment = {} }] of services) {
      expect(ports.filter((port) => !port.startsWith("127.0.0.1:"))).toEqual([]);
      expect(image).toMatch(/:\d+/);
      expect(Object.keys(environment).filter((key) => key.endsWith("PASSWORD"))).toEqual([]);
    }
  });
  it("runs the launcher that exists, with the command that npm start runs", () => {
    const text = readFileSync(join(ROOT, "docker-compose.yml"), "utf8");
    expect(text).toContain("node bin/truebound.js up");
    expect(readFileSync(join(ROOT, "package.json"), "utf8")).toContain('"start": "node bin/truebound.js up"');
  });
});
