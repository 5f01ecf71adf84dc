import { SystemView } from "@truebound/wire";
import { json, plain, type Route } from "./route.ts";

/** What the server says of itself. */
export const SERVER_ROUTES = [
  {
    operation: "streamEvents",
    listener: "people",
    method: "get",
    path: "/api/v1/events",
    summary:
      "Server-sent events: `host` carries a host's summary whenever it changes; after Last-Event-ID, what was missed comes first. `incident` carries an incident whenever it changes; what was missed of these does not come again",
    parameters: [],
    answer: plain("The stream", "text/event-stream"),
  },
  {
    operation: "getSystem",
    listener: "people",
    method: "get",
    path: "/api/v1/system",
    summary:
      "How the service itself stands: database, servers, judge, channels, log, archive and what else it needs, the worst first, with what to do about it",
    parameters: [],
    answer: json("All checks; also while the database does not answer", SystemView),
  },
  {
    operation: "describe",
    listener: "people",
    method: "get",
    path: "/api/openapi.json",
    summary: "This document",
    parameters: [],
    answer: json("OpenAPI 3.1", { type: "object" }),
  },
  {
    operation: "metrics",
    listener: "people",
    method: "get",
    path: "/metrics",
    summary: "Metrics for Prometheus",
    parameters: [],
    answer: plain("Text exposition format"),
  },
  {
    operation: "livez",
    listener: "people",
    method: "get",
    path: "/livez",
    summary: "The process runs",
    parameters: [],
    answer: plain("ok"),
  },
  {
    operation: "readyz",
    listener: "people",
    method: "get",
    path: "/readyz",
    summary: "The database answers and its schema is right",
    parameters: [],
    answer: plain("ok"),
  },
] as const satisfies readonly Route[];
