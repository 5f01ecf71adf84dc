import { AwsV4Signer } from "aws4fetch";
import type { BucketPlace, SecretKey } from "../archive-place.ts";

export type Operation = "put" | "get" | "remove";
export type Outcome = "done" | "retried" | "failed";

export interface BucketRequest {
  readonly operation: Operation;
  readonly name: string;
  /** Of a put. */
  readonly bytes?: Uint8Array;
  /** Hex; of the bytes. */
  readonly sha256: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly range?: { readonly start: number; readonly length: number };
}

/** What one try came to. Trouble that another try may mend is `again`. */
export type Attempt =
  | { readonly kind: "done"; readonly bytes: Uint8Array }
  | { readonly kind: "missing" }
  | { readonly kind: "short" }
  | { readonly kind: "again"; readonly why: string }
  | { readonly kind: "refused"; readonly why: string };

export interface BucketLimits {
  /** One try at a whole file, and at a piece that somebody waits for. */
  readonly wholeMs: number;
  readonly pieceMs: number;
}

const MOST_BYTES = 512 * 1024 * 1024;
const MOST_TOLD = 4096;

/**
 * One signed request at a time. It is dated by this host's clock, which may be the very clock that is wrong: once the store has
 * refused a date, it is the store's own clock that counts.
 */
export function bucketRequests(
  place: BucketPlace,
  key: () => Promise<SecretKey>,
  { wholeMs, pieceMs }: BucketLimits,
  closed: AbortSignal,
  ask: typeof fetch = fetch,
) {
  let aheadMs = 0;
  return async (request: BucketRequest): Promise<Attempt> => {
    const limit = AbortSignal.timeout(request.range === undefined ? wholeMs : pieceMs);
    try {
      const signed = await sign(place, await key(), request, Date.now() + aheadMs);
      const body = request.bytes === undefined ? {} : { body: request.bytes };
      const reply = await ask(signed.url, { ...signed, ...body, redirect: "manual", signal: AbortSignal.any([limit, closed]) });
      const attempt = await read(reply, request);
      const theirs = Date.parse(reply.headers.get("date") ?? "");
      if (attempt.kind !== "refused" || !attempt.why.includes(SKEWED) || Number.isNaN(theirs)) return attempt;
      aheadMs = theirs - Date.now();
      return { kind: "again", why: attempt.why };
    } catch (error) {
      return { kind: "again", why: limit.aborted ? "it did not answer in time" : sayCause(error) };
    }
  };
}

const SKEWED = "RequestTimeTooSkewed";

const sayCause = (error: unknown): string => {
  if (!(error instanceof Error)) return String(error);
  return error.cause instanceof Error ? `${error.message}: ${error.cause.message}` : error.message;
};

async function sign(place: BucketPlace, key: SecretKey, { operation, name, sha256, headers, range }: BucketRequest, atMs: number) {
  const method = METHODS[operation];
  const signer = new AwsV4Signer({
    method,
    url: urlOf(place, name),
    headers: { ...headers, "x-amz-content-sha256": sha256 },
    accessKeyId: key.accessKeyId,
    secretAccessKey: key.secretAccessKey,
    ...(key.sessionToken === null ? {} : { sessionToken: key.sessionToken }),
    service: "s3",
    region: place.region,
    datetime: new Date(atMs).toISOString().replace(/[:-]|\.\d{3}/g, ""),
  });
  const signed = await signer.sign();
  // Not signed: what stands between may change it.
  signed.headers.set("accept-encoding", "identity");
  if (range !== undefined) signed.headers.set("range", `bytes=${range.start}-${range.start + range.length - 1}`);
  return { method, url: signed.url, headers: signed.headers };
}

const METHODS: Readonly<Record<Operation, string>> = { put: "PUT", get: "GET", remove: "DELETE" };

/** https://endpoint/bucket/prefix/name, or https://bucket.endpoint/prefix/name */
export function urlOf({ endpoint, bucket, prefix, addressing }: BucketPlace, name: string): string {
  const url = new URL(endpoint);
  if (addressing === "path") return `${url.origin}/${bucket}/${prefix}${name}`;
  return `${url.protocol}//${bucket}.${url.host}/${prefix}${name}`;
}

async function read(reply: Response, { operation, range }: BucketRequest): Promise<Attempt> {
  if (reply.status === 404 && operation === "remove") return done(await readUpTo(reply, MOST_TOLD));
  if (reply.ok && operation !== "get") return done(await readUpTo(reply, MOST_TOLD));
  if (reply.status === 416) return { kind: "short" };
  if (!reply.ok) return refusal(reply.status, Buffer.from(await readUpTo(reply, MOST_TOLD)).toString());
  if (range === undefined) return whole(reply);
  if (reply.status !== 206) return abandoned(reply, "it gives the whole file where a piece was asked for");
  const bytes = await readUpTo(reply, range.length + 1);
  if (bytes.length > range.length) return { kind: "refused", why: "it gives more than the piece that was asked for" };
  return bytes.length < range.length ? shorter(reply, bytes.length) : done(bytes);
}

const done = (bytes: Uint8Array): Attempt => ({ kind: "done", bytes });

/** Cut on its way, or the file ends there. */
const shorter = (reply: Response, got: number): Attempt =>
  Number(reply.headers.get("content-length") ?? got) === got ? { kind: "short" } : { kind: "again", why: "its answer was cut off" };

async function whole(reply: Response): Promise<Attempt> {
  const announced = Number(reply.headers.get("content-length") ?? Number.NaN);
  if (announced > MOST_BYTES) return abandoned(reply, `the file has ${announced} bytes, more than is ever written`);
  const bytes = await readUpTo(reply, MOST_BYTES);
  return announced === bytes.length ? done(bytes) : { kind: "again", why: "its answer was cut off" };
}

async function abandoned(reply: Response, why: string): Promise<Attempt> {
  await reply.body?.cancel();
  return { kind: "refused", why };
}

/** The rest is not read. */
async function readUpTo({ body }: Response, most: number): Promise<Uint8Array> {
  const pieces: Uint8Array[] = [];
  let bytes = 0;
  for await (const piece of body ?? []) {
    pieces.push(piece);
    bytes += piece.length;
    if (bytes >= most) break;
  }
  return Buffer.concat(pieces).subarray(0, most);
}

function refusal(status: number, text: string): Attempt {
  const code = /<Code>([A-Za-z0-9]{1,60})<\/Code>/.exec(text)?.[1] ?? "";
  const why = `it answers ${status}${code === "" ? "" : ` ${code}`}`;
  if (status === 404 && code !== "NoSuchBucket") return { kind: "missing" };
  if (status >= 500 || status === 429 || status === 408 || code === "RequestTimeout") return { kind: "again", why };
  return { kind: "refused", why: `${why}; ${MENDING.find(([form]) => form.test(`${status} ${code}`))?.[1]}` };
}

const MENDING: readonly (readonly [RegExp, string])[] = [
  [/NoSuchBucket/, "make the bucket, or name another one in TRUEBOUND_ARCHIVE_BUCKET"],
  [
    /^3|AuthorizationHeaderMalformed|IllegalLocation/,
    "see whether TRUEBOUND_ARCHIVE_REGION and TRUEBOUND_ARCHIVE_ENDPOINT are those of the bucket",
  ],
  [/SignatureDoesNotMatch|InvalidAccessKeyId|InvalidToken|ExpiredToken/, "see whether the credentials are right"],
  [/RequestTimeTooSkewed/, "its clock and this host's are far apart"],
  [/^40[13]/, "let these credentials read, write and delete below the prefix"],
  [/Digest|Checksum|Sha256/i, "the bytes changed on their way"],
  [/./, "see what its own log says"],
];
