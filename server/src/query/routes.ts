import { Problem } from "@truebound/wire";
import { ACCESS_ROUTES } from "./routes/access-routes.ts";
import { AGENT_ROUTES } from "./routes/agent-routes.ts";
import { ALERT_ROUTES } from "./routes/alert-routes.ts";
import { AUDIT_ROUTES } from "./routes/audit-routes.ts";
import { HOST_ADMIN_ROUTES } from "./routes/host-admin-routes.ts";
import { MEASUREMENT_ROUTES } from "./routes/measurement-routes.ts";
import type { JsonSchema, Route } from "./routes/route.ts";
import { SERVER_ROUTES } from "./routes/server-routes.ts";

export { type JsonSchema, Nothing, type Parameter, type Route } from "./routes/route.ts";

/** Everything that the server answers, once: the applications and the OpenAPI document are both made from it. */
export const ROUTES = [
  ...AGENT_ROUTES,
  ...MEASUREMENT_ROUTES,
  ...AUDIT_ROUTES,
  ...ALERT_ROUTES,
  ...SERVER_ROUTES,
  ...ACCESS_ROUTES,
  ...HOST_ADMIN_ROUTES,
] as const satisfies readonly Route[];

/** The same by what they are about, in the order in which a reader looks for them. */
export const ROUTE_PARTS: readonly (readonly [name: string, routes: readonly Route[]])[] = [
  ["Measurements", MEASUREMENT_ROUTES],
  ["Alerts", ALERT_ROUTES],
  ["Audit", AUDIT_ROUTES],
  ["Service", SERVER_ROUTES],
  ["Sign-in", ACCESS_ROUTES],
  ["Enrolment", HOST_ADMIN_ROUTES],
  ["Agents", AGENT_ROUTES],
];

export type Operation = (typeof ROUTES)[number]["operation"];
export const PROBLEM_SCHEMA: JsonSchema = Problem;
