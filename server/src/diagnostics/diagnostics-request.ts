import { readOptions } from "@truebound/wire";
import { ADMIN_SETTINGS } from "../usage.ts";

export interface DiagnosticsRequest {
  /** Null = a name made of the time, in the folder where it is asked. */
  readonly out: string | null;
  readonly withNames: boolean;
}

export const DIAGNOSTICS_USAGE = `usage: truebound diagnostics [--out FILE.tar.gz] [--with-names]
  Writes one file for whoever helps you: versions, settings, truebound doctor, the schema, sizes of tables, what matters of
  PostgreSQL's settings, and the metrics of the server that runs here. No secret is in it and no evidence. Names of hosts, channels
  and people, labels, addresses and logs are left out, or replaced by host-1, host-2 and so on.
  --out FILE.tar.gz        where to (truebound-diagnostics-TIME.tar.gz here); a file that is there is not replaced
  --with-names             leaves names, labels and addresses in, and adds the last log lines of an embedded PostgreSQL (off)
${ADMIN_SETTINGS}
example: truebound diagnostics --out /tmp/truebound.tar.gz`;

export function parseDiagnostics(args: readonly string[]): DiagnosticsRequest | string {
  const read = readOptions(args, { out: "text", "with-names": "flag" });
  if (typeof read === "string") return read;
  const [odd] = read.words;
  if (odd !== undefined) return `Cannot take ${JSON.stringify(odd)}: diagnostics takes no words`;
  return { out: read.values.out ?? null, withNames: read.values["with-names"] === true };
}
