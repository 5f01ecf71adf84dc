import type { RequestHandler } from "express";
import { refuse } from "../../refusal.ts";
import { sendProblem } from "./problem.ts";

const LOCAL = /^(localhost|127\.0\.0\.1|\[::1\])(:\d{1,5})?$/i;
const READING = new Set(["GET", "HEAD", "OPTIONS"]);

/** A page on the internet can make a browser talk to this machine under a name of its own; it cannot make it say localhost. */
export const localHostOnly: RequestHandler = (req, res, next) => {
  if (LOCAL.test(req.get("host") ?? "")) next();
  else sendProblem(res, refuse("forbidden_host", "Reach this page as localhost, 127.0.0.1 or [::1]"));
};

/** Nothing may be changed from a page of another origin. Programs send no Origin. */
export const ownOriginOnly: RequestHandler = (req, res, next) => {
  const origin = req.get("origin");
  if (READING.has(req.method) || origin === undefined || origin === `http://${req.get("host")}`) next();
  else sendProblem(res, refuse("forbidden_origin", "A page of another origin may change nothing here"));
};
