import { BATCH_PATH, MAX_DELIVERY_BYTES } from "@truebound/wire";
import express, { type Request, type RequestHandler, Router } from "express";
import { BodyBudget } from "../../ingest/body-budget.ts";
import type { BatchRequest } from "../../ingest/claim.ts";
import type { Accepted, Ingest } from "../../ingest/ingest.ts";
import type { Log } from "../../log.ts";
import type { Counters } from "../../metrics/families.ts";
import { isRefusal, type Refusal, refuse } from "../../refusal.ts";
import { sendProblem } from "./problem.ts";
import { addressOf, bodyOf } from "./requests.ts";

export interface BatchesPorts {
  readonly ingest: Ingest;
  readonly counters: Counters;
  readonly log: Log;
  /** As the agent dialled it: https also where a proxy terminates TLS. */
  readonly schemes: BatchRequest["schemes"];
}

/** Where deliveries come in. What cannot be taken is turned away before its body is read. */
export function batches({ ingest, counters, log, schemes }: BatchesPorts): Router {
  const router = Router();
  const turnAway = (res: Parameters<typeof sendProblem>[0], refusal: Refusal) => {
    counters.add("refusals", { code: refusal.refused });
    sendProblem(res, refusal);
  };
  // Whatever type it says it is, compressed or not, the body is taken as the bytes that were signed.
  const bytes = express.raw({ limit: MAX_DELIVERY_BYTES, type: () => true, inflate: false });
  router.post(BATCH_PATH, withinMemory(ingest, turnAway), bytes, async (req, res) => {
    const outcome = await ingest.receive(batchRequest(req, schemes));
    if (isRefusal(outcome)) return turnAway(res, outcome);
    count(counters, outcome);
    counters.add("bytes", {}, bodyOf(req).length);
    for (const { seq, why } of outcome.quarantined.slice(0, MOST_TOLD))
      log.warn(`Quarantined batch ${seq} of ${req.get("truebound-agent")}: ${why}`);
    res.json(outcome.receipt);
  });
  return router;
}

function withinMemory(ingest: Ingest, turnAway: (res: Parameters<typeof sendProblem>[0], refusal: Refusal) => void): RequestHandler {
  const budget = new BodyBudget();
  return (req, res, next) => {
    const overload = ingest.overload();
    if (overload !== null) return turnAway(res, overload);
    const announced = Number(req.get("content-length") ?? Number.NaN);
    if (!Number.isSafeInteger(announced)) return turnAway(res, refuse("bad_request", "A delivery must announce its Content-Length"));
    if (announced > MAX_DELIVERY_BYTES) return turnAway(res, refuse("too_large", "The body is larger than what is taken here"));
    const held = budget.reserve(addressOf(req), announced);
    if (isRefusal(held)) return turnAway(res, held);
    res.once("close", held.release);
    next();
  };
}

/** Of one delivery, in the log; all of them are events of their host. */
const MOST_TOLD = 3;

function count(counters: Counters, { stored, quarantined }: Accepted): void {
  if (stored === 0) return counters.add("batches", { verdict: "duplicate" });
  if (stored > quarantined.length) counters.add("batches", { verdict: "stored" }, stored - quarantined.length);
  if (quarantined.length > 0) counters.add("batches", { verdict: "quarantined" }, quarantined.length);
}

const batchRequest = (req: Request, schemes: BatchRequest["schemes"]): BatchRequest => ({
  schemes,
  address: addressOf(req),
  host: req.get("host") ?? "",
  header: (name) => req.get(name),
  body: bodyOf(req),
});
