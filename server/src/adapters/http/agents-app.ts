import type { RequestListener } from "node:http";
import { type EnrolRequest, FLIGHT_PATH, GOODBYE_PATH, MAX_FLIGHT_BYTES, ROTATE_PATH } from "@truebound/wire";
import express, { type Express, type Request } from "express";
import { type EnrolPorts, enrol, giveChallenge } from "../../enrol/enrol.ts";
import { FailureGate } from "../../enrol/failure-gate.ts";
import { type GoodbyePorts, sayGoodbye } from "../../enrol/goodbye.ts";
import { agreeOnKey, type RotatePorts } from "../../enrol/rotate.ts";
import type { PostRequest } from "../../enrol/signed-post.ts";
import { type FlightPorts, receiveFlight } from "../../flight/receive-flight.ts";
import type { Counters } from "../../metrics/families.ts";
import { isRefusal, type Refusal, refuse } from "../../refusal.ts";
import { type BatchesPorts, batches, isDelivery } from "./batches.ts";
import { knownPaths } from "./known-paths.ts";
import { problemHandler, sendProblem } from "./problem.ts";
import { addressOf, bodyOf } from "./requests.ts";
import { signReplies } from "./signed-replies.ts";

export interface AgentsPorts extends BatchesPorts {
  readonly enrol: EnrolPorts;
  readonly rotate: RotatePorts;
  readonly goodbye: GoodbyePorts;
  readonly flights: FlightPorts;
}

const ENROL_PATH = "/api/v1/enroll";
const ENROL_BYTES_MAX = 64 * 1024;

/** What agents talk to: enrolment and batches, nothing else. */
export function agentsListener(ports: AgentsPorts): RequestListener {
  const road = batches(ports);
  const app = enrolmentApp(ports);
  return (req, res) => (isDelivery(req) ? road(req, res) : app(req, res));
}

function enrolmentApp(ports: AgentsPorts): Express {
  const { counters } = ports;
  const app = express().disable("x-powered-by").disable("etag");
  if (ports.tlsProxy) app.set("trust proxy", 1);
  app.use(signReplies(ports.signer));
  app.post(`${ENROL_PATH}/challenge`, async (req, res) => {
    const outcome = await giveChallenge(ports.enrol, addressOf(req));
    if (isRefusal(outcome)) return sendProblem(res, outcome);
    res.json(outcome);
  });
  // Whoever guesses at tokens, keys or signatures waits, and holds no row of a host meanwhile.
  const gate = new FailureGate(() => performance.now());
  app.post([ENROL_PATH, ROTATE_PATH, GOODBYE_PATH, FLIGHT_PATH], (req, res, next) => {
    const wait = gate.waitSeconds(addressOf(req));
    if (wait === null) return next();
    counters.add("enrolments", { outcome: "rate" });
    sendProblem(res, refuse("rate", `Ten requests from here were refused within a minute, try again in ${wait} s`, { retrySeconds: wait }));
  });
  app.post(ENROL_PATH, express.json({ limit: ENROL_BYTES_MAX, type: () => true, inflate: false }), async (req, res) => {
    const outcome = await enrol(ports.enrol, req.body as unknown);
    counters.add("enrolments", { outcome: isRefusal(outcome) ? outcome.refused : "enrolled" });
    if (isRefusal(outcome)) {
      gate.refused(addressOf(req), outcome.refused);
      return sendProblem(res, outcome);
    }
    if (outcome.name !== undefined) ports.log.warn(renamed(outcome.agent, (req.body as EnrolRequest).name, outcome.name));
    res.json(outcome);
  });
  app.post(ROTATE_PATH, express.raw({ limit: ENROL_BYTES_MAX, type: () => true, inflate: false }), async (req, res) => {
    const outcome = await agreeOnKey(ports.rotate, postRequest(req, ports.schemes));
    counters.add("keyChanges", { outcome: isRefusal(outcome) ? outcome.refused : "agreed" });
    if (isRefusal(outcome)) {
      gate.refused(addressOf(req), outcome.refused);
      return sendProblem(res, outcome);
    }
    res.json(outcome);
  });
  app.post(GOODBYE_PATH, express.raw({ limit: ENROL_BYTES_MAX, type: () => true, inflate: false }), async (req, res) => {
    const outcome = await sayGoodbye(ports.goodbye, postRequest(req, ports.schemes));
    counters.add("goodbyes", { outcome: isRefusal(outcome) ? outcome.refused : "retired" });
    if (isRefusal(outcome)) {
      gate.refused(addressOf(req), outcome.refused);
      return sendProblem(res, outcome);
    }
    res.json(outcome);
  });
  app.post(FLIGHT_PATH, express.raw({ limit: MAX_FLIGHT_BYTES, type: () => true, inflate: false }), async (req, res) => {
    const outcome = await receiveFlight(ports.flights, postRequest(req, ports.schemes));
    if (isRefusal(outcome)) {
      gate.refused(addressOf(req), outcome.refused);
      return sendProblem(res, outcome);
    }
    res.json(outcome);
  });
  for (const { path, refusal } of knownPaths("agents")) app.all(path, (_req, res) => sendProblem(res, refusal));
  app.use((_req, res) =>
    sendProblem(res, refuse("not_found", "Agents enrol and deliver batches here; the page and the API are on the other port")),
  );
  app.use(problemHandler(ports.log, ports.isOutage, (refusal, path) => countThrown(counters, refusal, path)));
  return app;
}

const renamed = (id: string, wish: string, name: string): string =>
  `A host that asked to be called ${wish} is known as ${name} (${id}); truebound host list shows who is called what`;

function countThrown(counters: Counters, { refused }: Refusal, path: string): void {
  if (path === ENROL_PATH) counters.add("enrolments", { outcome: refused });
}

const postRequest = (req: Request, schemes: PostRequest["schemes"]): PostRequest => ({
  schemes,
  host: req.get("host") ?? "",
  path: req.path,
  header: (name) => req.get(name),
  body: bodyOf(req),
});
