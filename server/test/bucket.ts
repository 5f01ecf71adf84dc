import { createHash } from "node:crypto";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type IncomingMessage, request, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import S3rver from "@20minutes/s3rver";
import type { ArchivePlace, BucketPlace } from "../src/archive-place.ts";

/** What the road or the store does to a request; null = nothing. */
export type Fault =
  | { readonly answers: number; readonly code?: string }
  | { readonly cutsAnswerAt: number }
  | { readonly flipsBodyAt: number }
  | { readonly neverAnswers: true }
  | { readonly dripsAnswer: true }
  | null;

export interface TestBucket {
  readonly place: ArchivePlace & BucketPlace;
  /** What befalls each request from now on, by its method and name. */
  befall(fault: (method: string, path: string) => Fault): void;
  /** Method and path of each request so far. */
  readonly seen: string[];
  /** An object as it lies in the store, to be read or spoilt behind the store's back. */
  readonly file: (name: string) => { read(): Buffer; write(bytes: Uint8Array): void; remove(): void };
  stop(): Promise<void>;
}

export const BUCKET = "evidence-archive";

/** Where a name service would have led to. */
export const ASKED_BY_NAME = "x-asked-by-name";

/**
 * A store that speaks S3, behind a road with faults. The road refuses a body whose checksum is another, as stores do. By name the
 * store here checks who signs, and not what: it takes the bucket into what is signed, which S3 does not.
 */
export async function testBucket({ byName = false } = {}): Promise<TestBucket> {
  const directory = mkdtempSync(join(tmpdir(), "truebound-bucket-"));
  const store = new S3rver({
    address: "127.0.0.1",
    port: 0,
    silent: true,
    allowMismatchedSignatures: byName,
    directory,
    configureBuckets: [{ name: BUCKET }],
  });
  const { port } = await store.run();
  let fault: (method: string, path: string) => Fault = () => null;
  const seen: string[] = [];
  const road = createServer((req, res) => void pass(req, res, port, (method, path) => fault(method, path), seen));
  await new Promise<void>((resolve) => road.listen(0, "127.0.0.1", resolve));
  return {
    place: {
      kind: "bucket",
      bucket: BUCKET,
      prefix: "fleet-1/",
      endpoint: `http://127.0.0.1:${(road.address() as AddressInfo).port}`,
      region: "eu-central-1",
      addressing: "path",
      credentials: { from: "environment", accessKeyId: "S3RVER", secretAccessKey: "S3RVER", sessionToken: null },
    },
    befall: (next) => {
      fault = next;
    },
    seen,
    file: (name) => {
      const path = join(directory, BUCKET, "fleet-1", `${name}._S3rver_object`);
      return { read: () => readFileSync(path), write: (bytes) => writeFileSync(path, bytes), remove: () => rmSync(path) };
    },
    stop: async () => {
      road.closeAllConnections();
      await new Promise((resolve) => road.close(resolve));
      await store.close();
      rmSync(directory, { recursive: true, force: true });
    },
  };
}

const refusal = (res: ServerResponse, status: number, code: string) =>
  res.writeHead(status, { "content-type": "application/xml" }).end(`<?xml version="1.0"?><Error><Code>${code}</Code></Error>`);

async function pass(
  req: IncomingMessage,
  res: ServerResponse,
  port: number,
  faultOf: (method: string, path: string) => Fault,
  seen: string[],
): Promise<void> {
  const { method = "", url: path = "" } = req;
  seen.push(`${method} ${path}`);
  const fault = faultOf(method, path);
  const body = Buffer.concat(await req.toArray());
  if (fault !== null && "flipsBodyAt" in fault) body[fault.flipsBodyAt] = (body[fault.flipsBodyAt] ?? 0) ^ 1;
  if (fault !== null && "neverAnswers" in fault) return;
  if (fault !== null && "answers" in fault) return void refusal(res, fault.answers, fault.code ?? "InternalError");
  if (method === "PUT" && !isAsAnnounced(req, body)) return void refusal(res, 400, "BadDigest");
  const { [ASKED_BY_NAME]: name = req.headers.host ?? "", ...headers } = req.headers;
  const onward = request({ host: "127.0.0.1", port, method, path, headers: { ...headers, host: String(name) } }, (reply) => {
    res.writeHead(reply.statusCode ?? 500, reply.headers);
    if (fault !== null && "dripsAnswer" in fault) return drip(reply, res);
    if (fault === null || !("cutsAnswerAt" in fault)) return void reply.pipe(res);
    void reply.toArray().then((pieces) => {
      res.write(Buffer.concat(pieces).subarray(0, fault.cutsAnswerAt), () => res.destroy());
    });
  });
  onward.end(body);
}

/** A byte now and then, and no end. */
function drip(reply: IncomingMessage, res: ServerResponse): void {
  reply.resume();
  const dripping = setInterval(() => res.write("x"), 50);
  res.on("close", () => clearInterval(dripping));
}

function isAsAnnounced({ headers }: IncomingMessage, body: Buffer): boolean {
  const digest = createHash("sha256").update(body).digest();
  return headers["x-amz-checksum-sha256"] === digest.toString("base64") && headers["x-amz-content-sha256"] === digest.toString("hex");
}
