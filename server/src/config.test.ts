import { nearest } from "@truebound/wire";
import { describe, expect, it } from "vitest";
import { type Environment, readConfig } from "./config.ts";

const read = (path: string): string => {
  throw new Error(`Cannot read ${path}: this test has no files`);
};
const person = { home: "/home/ada", isRoot: false, read };
const problems = (environment: Environment): readonly string[] => {
  const read = readConfig(environment, person);
  return "problems" in read ? read.problems : [];
};

describe("the configuration", () => {
  it("has a default for everything, and cannot be changed", () => {
    const read = readConfig({ PATH: "/bin" }, person);
    expect(read).toEqual({
      config: {
        httpPort: 8123,
        people: { host: "127.0.0.1", tls: null, tlsProxy: false, publicUrl: null, signIn: false, oidc: null },
        agents: { host: "127.0.0.1", port: 8125 },
        dataDir: "/home/ada/.local/state/truebound",
        databaseUrl: null,
        migrateOnStart: false,
        keyDays: 90,
        rollupDays: 400,
        reportsDir: "/home/ada/.local/state/truebound/reports",
        tsa: null,
        reports: [],
        archive: null,
        kubernetes: null,
        hostList: null,
        leapFile: null,
        tls: null,
        tlsProxy: false,
        receiptKeyFile: "/home/ada/.local/state/truebound/receipt-key.pem",
      },
    });
    expect(Object.isFrozen("config" in read && read.config)).toBe(true);
  });
  it.each([
    [{ XDG_STATE_HOME: "/state" }, person, "/state/truebound"],
    [{ XDG_STATE_HOME: "relative" }, person, "/home/ada/.local/state/truebound"],
    [{}, { home: "/root", isRoot: true, read }, "/var/lib/truebound"],
    [{ TRUEBOUND_DATA_DIR: "/data" }, { home: "/root", isRoot: true, read }, "/data"],
  ])("keeps its data where the system keeps state: %j", (environment, who, folder) => {
    expect(readConfig(environment, who)).toMatchObject({ config: { dataDir: folder } });
  });
  it.each([
    [{ TRUEBOUND_ARCHIVE_DIR: "/a" }, { kind: "directory", directory: "/a" }],
    [
      { TRUEBOUND_ARCHIVE_BUCKET: "s3://evidence", AWS_REGION: "eu-central-1", AWS_ACCESS_KEY_ID: "id", AWS_SECRET_ACCESS_KEY: "s" },
      {
        kind: "bucket",
        bucket: "evidence",
        prefix: "",
        endpoint: "https://s3.eu-central-1.amazonaws.com",
        region: "eu-central-1",
        addressing: "host",
        credentials: { from: "environment", accessKeyId: "id", secretAccessKey: "s", sessionToken: null },
      },
    ],
    [
      {
        TRUEBOUND_ARCHIVE_BUCKET: "s3://evidence/fleet-1/prod/",
        TRUEBOUND_ARCHIVE_ENDPOINT: "https://minio.example:9000/",
        TRUEBOUND_ARCHIVE_ACCESS_KEY_ID_FILE: "/id",
        TRUEBOUND_ARCHIVE_SECRET_ACCESS_KEY_FILE: "/secret",
        AWS_ACCESS_KEY_ID: "another program's",
      },
      {
        bucket: "evidence",
        prefix: "fleet-1/prod/",
        endpoint: "https://minio.example:9000",
        region: "us-east-1",
        addressing: "path",
        credentials: { from: "files", idFile: "/id", secretFile: "/secret", tokenFile: null },
      },
    ],
  ])("archives to a directory or a bucket: %j", (environment: Environment, archive) => {
    expect(readConfig(environment, person)).toMatchObject({ config: { archive } });
  });
  const KEYS = { AWS_ACCESS_KEY_ID: "id", AWS_SECRET_ACCESS_KEY: "very secret", TRUEBOUND_ARCHIVE_REGION: "eu-central-1" };
  it.each<[Environment, string]>([
    [{ ...KEYS, TRUEBOUND_ARCHIVE_BUCKET: "s3://b-1", TRUEBOUND_ARCHIVE_DIR: "/a" }, "set one of them"],
    [{ ...KEYS, TRUEBOUND_ARCHIVE_BUCKET: "evidence" }, "is not of the form s3://bucket"],
    [{ ...KEYS, TRUEBOUND_ARCHIVE_BUCKET: "s3://evidence/../x" }, "is not of the form s3://bucket"],
    [{ ...KEYS, TRUEBOUND_ARCHIVE_BUCKET: "s3://evidence", TRUEBOUND_ARCHIVE_ENDPOINT: "http://minio.example" }, "which needs https"],
    [{ ...KEYS, TRUEBOUND_ARCHIVE_BUCKET: "s3://evidence", TRUEBOUND_ARCHIVE_ENDPOINT: "https://u:p@minio" }, "no URL of the form"],
    [{ ...KEYS, TRUEBOUND_ARCHIVE_BUCKET: "s3://evidence", TRUEBOUND_ARCHIVE_ADDRESSING: "dns" }, "neither path nor host"],
    [{ ...KEYS, TRUEBOUND_ARCHIVE_BUCKET: "s3://evidence", TRUEBOUND_ARCHIVE_ACCESS_KEY_ID_FILE: "/id" }, "set both, or neither"],
    [{ ...KEYS, TRUEBOUND_ARCHIVE_BUCKET: "s3://evidence", TRUEBOUND_ARCHIVE_REGION: "" }, "is no region"],
    [{ TRUEBOUND_ARCHIVE_BUCKET: "s3://evidence", TRUEBOUND_ARCHIVE_REGION: "eu-central-1" }, "without credentials"],
    [{ TRUEBOUND_ARCHIVE_ENDPOINT: "https://minio.example" }, "without TRUEBOUND_ARCHIVE_BUCKET"],
  ])("refuses an archive that cannot be: %j", (environment, why) => {
    expect(problems(environment)).toEqual([expect.stringContaining(why)]);
    expect(problems(environment).join()).not.toContain("very secret");
  });
  it("takes what the agent and the demo know, too", () => {
    expect(
      problems({ TRUEBOUND_SOURCES: "a", TRUEBOUND_TOKEN_FILE: "/t", TRUEBOUND_LABELS: "a=b", TRUEBOUND_AGENT_DATA_DIR: "/a" }),
    ).toEqual([]);
  });
  it("reports everything that is wrong at once, and repeats no password", () => {
    const found = problems({
      TRUEBOUND_HTTP_PORT: "http",
      TRUEBOUND_LISTEN: "8125",
      TRUEBOUND_DATA_DIR: "here",
      DATABASE_URL: "mysql://u:secret@h/d",
      TRUEBOUND_SORCES: "x",
      TRUEBOUND_LEAP_FILE: "leap-seconds.list",
    });
    expect(found).toHaveLength(6);
    expect(found[0]).toContain("did you mean TRUEBOUND_SOURCES");
    for (const name of ["TRUEBOUND_HTTP_PORT", "TRUEBOUND_LISTEN", "TRUEBOUND_DATA_DIR", "DATABASE_URL", "TRUEBOUND_LEAP_FILE"])
      expect(found.join("\n")).toContain(`Cannot use ${name}:`);
    expect(found.join("\n")).not.toContain("secret");
  });
  it("lets in pods by keys, issuer and subjects, or says which of them is missing", () => {
    const whole = {
      TRUEBOUND_KUBERNETES_JWKS_FILE: "/jwks.json",
      TRUEBOUND_KUBERNETES_ISSUER: "https://k",
      TRUEBOUND_KUBERNETES_SUBJECTS: "system:serviceaccount:a:b, system:serviceaccount:c:*",
    };
    const subjects = ["system:serviceaccount:a:b", "system:serviceaccount:c:*"];
    expect(readConfig(whole, person)).toMatchObject({
      config: { kubernetes: { jwksFile: "/jwks.json", issuer: "https://k", audience: "truebound", subjects } },
    });
    const { TRUEBOUND_KUBERNETES_SUBJECTS: _, ...half } = whole;
    expect(problems(half)).toEqual([expect.stringContaining("without TRUEBOUND_KUBERNETES_SUBJECTS")]);
    expect(problems({ ...whole, TRUEBOUND_KUBERNETES_SUBJECTS: "*" })).toEqual([expect.stringContaining('"*" is not of the form')]);
  });
  it("lets in listed hosts by a file and the key that signed it, or says that both are needed", () => {
    const whole = { TRUEBOUND_HOST_LIST_FILE: "/hosts.json", TRUEBOUND_HOST_LIST_KEY: "A".repeat(43) };
    expect(readConfig(whole, person)).toMatchObject({ config: { hostList: { file: "/hosts.json", key: "A".repeat(43) } } });
    for (const name of Object.keys(whole))
      expect(problems({ ...whole, [name]: "" })).toEqual([expect.stringContaining("set both, or neither")]);
    expect(problems({ ...whole, TRUEBOUND_HOST_LIST_KEY: "short" })).toEqual([expect.stringContaining("no Ed25519 public key")]);
  });
  it("asks for another key after so many days as it can count", () => {
    expect(readConfig({ TRUEBOUND_KEY_DAYS: "0" }, person)).toMatchObject({ config: { keyDays: 0 } });
    expect(problems({ TRUEBOUND_KEY_DAYS: "a" })).toEqual(['Cannot use TRUEBOUND_KEY_DAYS: "a" is no whole number from 0 to 3650']);
  });
  it.each(["0.0.0.0:8125", "[::]:8125", "192.0.2.1:8125", "example.net:8125"])("listens off the loopback only with TLS: %s", (listen) => {
    expect(problems({ TRUEBOUND_LISTEN: listen })).toEqual([
      expect.stringContaining("set TRUEBOUND_TLS_CERT_FILE and TRUEBOUND_TLS_KEY_FILE"),
    ]);
    expect(problems({ TRUEBOUND_LISTEN: listen, TRUEBOUND_TLS_CERT_FILE: "/c", TRUEBOUND_TLS_KEY_FILE: "/k" })).toEqual([]);
    expect(problems({ TRUEBOUND_LISTEN: listen, TRUEBOUND_TLS_PROXY: "1" })).toEqual([]);
    expect(problems({ TRUEBOUND_LISTEN: listen, TRUEBOUND_TLS_PROXY: "0" })).toHaveLength(1);
  });
  it.each([
    [{ TRUEBOUND_TLS_CERT_FILE: "/c" }, "set both, or neither"],
    [{ TRUEBOUND_TLS_CERT_FILE: "c", TRUEBOUND_TLS_KEY_FILE: "/k" }, "no absolute path"],
    [{ TRUEBOUND_TLS_PROXY: "yes" }, "neither 1 nor 0"],
    [{ TRUEBOUND_RECEIPT_KEY_FILE: "key" }, "no absolute path"],
  ])("refuses %j", (environment, why) => expect(problems(environment)).toEqual([expect.stringContaining(why)]));
  it.each([
    ["localhost:1", { host: "localhost", port: 1 }],
    ["[::1]:65535", { host: "::1", port: 65_535 }],
  ])("listens on %s", (listen, agents) => {
    expect(readConfig({ TRUEBOUND_LISTEN: listen }, person)).toMatchObject({ config: { agents } });
  });
  it("finds the nearest name", () =>
    expect(nearest("TRUEBOUND_HTTPPORT", ["TRUEBOUND_LISTEN", "TRUEBOUND_HTTP_PORT"])).toBe("TRUEBOUND_HTTP_PORT"));
});

describe("the authority that stamps heads of the log", () => {
  it("is named by its address, with who vouches for it", () => {
    const read = readConfig({ TRUEBOUND_TSA_URL: "https://tsa.example.net/r", TRUEBOUND_TSA_CA_FILE: "/etc/tsa.pem" }, person);
    expect(read).toMatchObject({ config: { tsa: { url: "https://tsa.example.net/r", allowPrivate: false, caFile: "/etc/tsa.pem" } } });
  });
  it.each(["ftp://tsa.example.net", "tsa.example.net", "http://"])("is refused as %s, which is not repeated", (url) => {
    expect(readConfig({ TRUEBOUND_TSA_URL: url }, person)).toEqual({
      problems: ["Cannot use TRUEBOUND_TSA_URL: it is no http:// or https:// address of a time-stamping authority"],
    });
  });
});
