import type { Environment } from "./config.ts";

/** Where evidence moves that is past its age. */
export type ArchivePlace = { readonly kind: "directory"; readonly directory: string } | ({ readonly kind: "bucket" } & BucketPlace);

export interface BucketPlace {
  readonly bucket: string;
  /** Before each name: empty, or ending in a slash. */
  readonly prefix: string;
  /** Scheme, host and port. */
  readonly endpoint: string;
  readonly region: string;
  /** Whether the bucket stands in the path of a URL or before its host. */
  readonly addressing: "path" | "host";
  readonly credentials: BucketCredentials;
}

export interface SecretKey {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken: string | null;
}

/** As the environment says them, or in files that are read with each request, so that they may change. */
export type BucketCredentials =
  | ({ readonly from: "environment" } & SecretKey)
  | { readonly from: "files"; readonly idFile: string; readonly secretFile: string; readonly tokenFile: string | null };

type Report = (problem: string) => null;
type Path = (name: string) => string | null;

const BUCKET_ONLY = [
  "TRUEBOUND_ARCHIVE_ENDPOINT",
  "TRUEBOUND_ARCHIVE_REGION",
  "TRUEBOUND_ARCHIVE_ADDRESSING",
  "TRUEBOUND_ARCHIVE_ACCESS_KEY_ID_FILE",
  "TRUEBOUND_ARCHIVE_SECRET_ACCESS_KEY_FILE",
  "TRUEBOUND_ARCHIVE_SESSION_TOKEN_FILE",
];

/** A directory or a bucket, not both: what is written must be found by whoever reads. */
export function readArchive(path: Path, environment: Environment, report: Report): ArchivePlace | null {
  const { TRUEBOUND_ARCHIVE_DIR: directory, TRUEBOUND_ARCHIVE_BUCKET: bucket } = environment;
  if (directory && bucket)
    return report("Cannot archive by both TRUEBOUND_ARCHIVE_DIR and TRUEBOUND_ARCHIVE_BUCKET: copy the files over, then set one of them");
  if (bucket) return readBucket(bucket, path, environment, report);
  const odd = BUCKET_ONLY.find((name) => environment[name]);
  if (odd !== undefined) return report(`Cannot use ${odd} without TRUEBOUND_ARCHIVE_BUCKET: set that too, e.g. s3://bucket/prefix`);
  const absolute = path("TRUEBOUND_ARCHIVE_DIR");
  return absolute === null ? null : { kind: "directory", directory: absolute };
}

const BUCKET = /^s3:\/\/([a-z0-9][a-z0-9.-]{1,61}[a-z0-9])((?:\/[A-Za-z0-9_-][A-Za-z0-9._-]*)*)\/?$/;
const REGION = /^[a-z0-9-]{1,40}$/;

function readBucket(text: string, path: Path, environment: Environment, report: Report): ArchivePlace | null {
  const [, bucket, folders = ""] = BUCKET.exec(text) ?? [];
  if (bucket === undefined)
    report(`Cannot use TRUEBOUND_ARCHIVE_BUCKET: ${JSON.stringify(text)} is not of the form s3://bucket or s3://bucket/prefix`);
  const region =
    environment.TRUEBOUND_ARCHIVE_REGION ||
    environment.AWS_REGION ||
    environment.AWS_DEFAULT_REGION ||
    (environment.TRUEBOUND_ARCHIVE_ENDPOINT ? "us-east-1" : "");
  if (!REGION.test(region))
    report(`Cannot use TRUEBOUND_ARCHIVE_REGION: ${JSON.stringify(region)} is no region; write one such as eu-central-1`);
  const endpoint = readEndpoint(environment.TRUEBOUND_ARCHIVE_ENDPOINT || `https://s3.${region}.amazonaws.com`, report);
  const addressing = environment.TRUEBOUND_ARCHIVE_ADDRESSING || (environment.TRUEBOUND_ARCHIVE_ENDPOINT ? "path" : "host");
  if (addressing !== "path" && addressing !== "host")
    return report(`Cannot use TRUEBOUND_ARCHIVE_ADDRESSING: ${JSON.stringify(addressing)} is neither path nor host`);
  const credentials = readCredentials(path, environment, report);
  if (bucket === undefined || endpoint === null || credentials === null || !REGION.test(region)) return null;
  return { kind: "bucket", bucket, prefix: folders === "" ? "" : `${folders.slice(1)}/`, endpoint, region, addressing, credentials };
}

const LOOPBACK = new Set(["127.0.0.1", "localhost", "[::1]"]);

function readEndpoint(text: string, report: Report): string | null {
  const url = URL.canParse(text) ? new URL(text) : null;
  if (url === null || !/^https?:$/.test(url.protocol) || url.pathname !== "/" || url.search + url.hash + url.username + url.password !== "")
    return report("Cannot use TRUEBOUND_ARCHIVE_ENDPOINT: it is no URL of the form https://host:port, without a path");
  if (url.protocol === "http:" && !LOOPBACK.has(url.hostname))
    return report(`Cannot use TRUEBOUND_ARCHIVE_ENDPOINT: ${url.hostname} is off the loopback, which needs https`);
  return url.origin;
}

const FILES = ["TRUEBOUND_ARCHIVE_ACCESS_KEY_ID_FILE", "TRUEBOUND_ARCHIVE_SECRET_ACCESS_KEY_FILE"] as const;

/** Files win over the names that other programs use, too. */
function readCredentials(path: Path, environment: Environment, report: Report): BucketCredentials | null {
  const [idFile, secretFile, tokenFile] = [path(FILES[0]), path(FILES[1]), path("TRUEBOUND_ARCHIVE_SESSION_TOKEN_FILE")];
  if (idFile !== null && secretFile !== null) return { from: "files", idFile, secretFile, tokenFile };
  if (FILES.some((name) => environment[name])) return report(`Cannot use one of ${FILES.join(" and ")}: set both, or neither`);
  const { AWS_ACCESS_KEY_ID: accessKeyId, AWS_SECRET_ACCESS_KEY: secretAccessKey, AWS_SESSION_TOKEN: sessionToken } = environment;
  if (!accessKeyId || !secretAccessKey)
    return report(
      `Cannot use TRUEBOUND_ARCHIVE_BUCKET without credentials: set ${FILES.join(" and ")}, or AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY`,
    );
  return { from: "environment", accessKeyId, secretAccessKey, sessionToken: sessionToken || null };
}
