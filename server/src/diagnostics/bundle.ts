import type { SystemView } from "@truebound/wire";

export interface BundleFile {
  readonly name: string;
  readonly text: string;
}

export interface Diagnosed {
  /** Of the program and the machine. */
  readonly about: Readonly<Record<string, unknown>>;
  readonly settings: Readonly<Record<string, string>>;
  readonly doctor: SystemView;
  /** A text = why there is none. */
  readonly database: Readonly<Record<string, unknown>> | string;
  readonly metrics: string;
  /** Null = none was asked for, or there is none. */
  readonly log: string | null;
  readonly withNames: boolean;
}

/** The files of a bundle, in the order in which a reader wants them. */
export function bundleOf(diagnosed: Diagnosed): BundleFile[] {
  const { about, settings, doctor, database, metrics, log, withNames } = diagnosed;
  const files = [
    json("about.json", about),
    json("settings.json", settings),
    json("doctor.json", doctor),
    json("database.json", typeof database === "string" ? { unknown: database } : database),
    { name: "metrics.txt", text: metrics },
    ...(log === null ? [] : [{ name: "postgres.log", text: log }]),
  ];
  return [{ name: "README.txt", text: readme(files, withNames) }, ...files];
}

/** Numbers of any size are texts, as everywhere. */
const json = (name: string, value: unknown): BundleFile => ({
  name,
  text: `${JSON.stringify(value, (_, one) => (typeof one === "bigint" ? String(one) : one), 2)}\n`,
});

const MEANING: Readonly<Record<string, string>> = {
  "about.json": "versions of the program, of Node and of the machine",
  "settings.json": "the settings that are set; secrets as (set), and without --with-names all that could name somebody",
  "doctor.json": "how the service stands, as truebound doctor says it",
  "database.json": "PostgreSQL: version, schema, sizes of tables, settings that matter, connections; no rows of any table",
  "metrics.txt": "what the server that runs here says at /metrics, or why that is not known",
  "postgres.log": "the last lines of the embedded PostgreSQL's log",
};

const readme = (files: readonly BundleFile[], withNames: boolean): string =>
  [
    "Written by truebound diagnostics. Read it before you hand it on.",
    withNames
      ? "It names hosts, labels and addresses (--with-names). It holds no secret and no evidence."
      : "It names no host, channel or person, and holds no label, address, secret, evidence or log.",
    "",
    ...files.map(({ name }) => `${name.padEnd(16)}${MEANING[name] ?? ""}`),
    "",
  ].join("\n");
