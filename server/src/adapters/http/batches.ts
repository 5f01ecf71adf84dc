import type { IncomingMessage, RequestListener, ServerResponse } from "node:http";
import { BATCH_PATH, MAX_DELIVERY_BYTES } from "@truebound/wire";
import { BodyBudget } from "../../ingest/body-budget.ts";
import type { Accepted, Ingest } from "../../ingest/ingest.ts";
import { Places } from "../../ingest/places.ts";
import type { Log } from "../../log.ts";
import type { Counters } from "../../metrics/families.ts";
import { isRefusal, type Refusal, refuse } from "../../refusal.ts";
import { answeredBy, answerSigned, type ReplySigner } from "./answer.ts";
import { problemOf, refusalOf, tellOfTrouble } from "./problem.ts";

export interface BatchesPorts {
  readonly ingest: Ingest;
  readonly counters: Counters;
  readonly log: Log;
  readonly isOutage: (error: unknown) => boolean;
  /** As the agent dialled it: https also where a proxy terminates TLS. */
  readonly schemes: readonly ("http" | "https")[];
  /** The nearest hop is a proxy that was declared: it says where a delivery came from. */
  readonly tlsProxy: boolean;
  readonly signer: ReplySigner;
}

/** Nearly all that agents ever send, so it goes past everything that the other requests need. */
export const isDelivery = ({ method, url }: IncomingMessage): boolean => method === "POST" && url === BATCH_PATH;

/** Where deliveries come in. What cannot be taken is turned away before its body is read. */
export function batches(ports: BatchesPorts): RequestListener {
  const room = { budget: new BodyBudget(), places: new Places() };
  return (req, res) => {
    receive(ports, room, req, res).catch((error: unknown) => {
      const refusal = refusalOf(error, ports.isOutage);
      tellOfTrouble(ports.log, refusal, error, `POST ${BATCH_PATH}`);
      turnAway(ports, req, res, refusal);
    });
  };
}

/** What deliveries take up while they are under way. */
interface Room {
  readonly budget: BodyBudget;
  readonly places: Places;
}

async function receive(ports: BatchesPorts, { budget, places }: Room, req: IncomingMessage, res: ServerResponse): Promise<void> {
  const { ingest, counters, signer } = ports;
  const length = lengthOf(req);
  if (isRefusal(length)) return turnAway(ports, req, res, length);
  const address = addressOf(req, ports.tlsProxy);
  const host = req.headers.host ?? "";
  const claim = await ingest.admit({ schemes: ports.schemes, address, host, header: (name) => headerOf(req, name) }, length);
  if (isRefusal(claim)) return turnAway(ports, req, res, claim);
  // Whoever hung up meanwhile is told of no more: what was taken for it now would never be given back.
  if (res.closed) return;
  const place = places.enter(claim.agent);
  if (isRefusal(place)) return turnAway(ports, req, res, place);
  res.once("close", place.release);
  const held = budget.reserve(address, length);
  if (isRefusal(held)) return turnAway(ports, req, res, held);
  res.once("close", held.release);
  const body = await bodyOf(req, length);
  // Whoever hangs up in the middle waits for no answer.
  if (body === null) return;
  const outcome = await ingest.receive(claim, body);
  if (isRefusal(outcome)) return turnAway(ports, req, res, outcome);
  count(counters, outcome);
  counters.add("bytes", {}, body.length);
  for (const { seq, why } of outcome.quarantined.slice(0, MOST_TOLD)) ports.log.warn(`Quarantined batch ${seq} of ${claim.agent}: ${why}`);
  const text = JSON.stringify(outcome.receipt);
  answerSigned(res, signer, answeredBy(req), { status: 200, type: "application/json; charset=utf-8", text });
}

function lengthOf(req: IncomingMessage): number | Refusal {
  const length = Number(req.headers["content-length"] ?? Number.NaN);
  if (!Number.isSafeInteger(length) || length < 0) return refuse("bad_request", "A delivery must announce its Content-Length");
  return length > MAX_DELIVERY_BYTES ? refuse("too_large", "The body is larger than what is taken here") : length;
}

/** Null = it broke off. The parser sees to it that no more comes than was announced. */
function bodyOf(req: IncomingMessage, length: number): Promise<Buffer | null> {
  return new Promise((resolve) => {
    const chunks: Buffer[] = [];
    req.on("data", (chunk: Buffer) => chunks.push(chunk));
    req.once("end", () => {
      const body = chunks.length === 1 ? (chunks[0] as Buffer) : Buffer.concat(chunks);
      resolve(body.length === length ? body : null);
    });
    req.once("error", () => resolve(null));
    req.once("close", () => resolve(null));
  });
}

function turnAway({ counters, signer }: BatchesPorts, req: IncomingMessage, res: ServerResponse, refusal: Refusal): void {
  counters.add("refusals", { code: refusal.refused });
  if (res.headersSent) return void res.destroy();
  const { status, headers, text } = problemOf(refusal);
  // What is left of the body is thrown away as it comes where it is short; a long one is not waited for.
  const isShort = Number(req.headers["content-length"] ?? Number.NaN) <= SHORT_BODY;
  if (isShort) req.resume();
  const closing = req.complete || isShort ? headers : { ...headers, Connection: "close" };
  answerSigned(res, signer, answeredBy(req), {
    status,
    type: "application/problem+json; charset=utf-8",
    headers: closing,
    text,
  });
}

const SHORT_BODY = 64 * 1024;

/** Of one delivery, in the log; all of them are events of their host. */
const MOST_TOLD = 3;

function count(counters: Counters, { stored, quarantined }: Accepted): void {
  if (stored === 0) return counters.add("batches", { verdict: "duplicate" });
  if (stored > quarantined.length) counters.add("batches", { verdict: "stored" }, stored - quarantined.length);
  if (quarantined.length > 0) counters.add("batches", { verdict: "quarantined" }, quarantined.length);
}

function headerOf({ headers }: IncomingMessage, name: string): string | undefined {
  const value = headers[name];
  return Array.isArray(value) ? value.join(", ") : value;
}

/** As the declared proxy says it, which adds to the end what it saw itself; else as the socket does. */
function addressOf(req: IncomingMessage, tlsProxy: boolean): string | null {
  const told = tlsProxy ? headerOf(req, "x-forwarded-for")?.split(",").at(-1)?.trim() : undefined;
  return (told || req.socket.remoteAddress || null)?.replace(/^::ffff:/, "") ?? null;
}
