import type { ProblemCode } from "@truebound/wire";
import { ACCESS, type PeopleOperation } from "../access/route-access.ts";
import { accessInWords } from "./access-words.ts";
import { problemsOf } from "./operation-problems.ts";
import { PROBLEM_SCHEMA, ROUTE_PARTS, type Route } from "./routes.ts";
import { sampleOf } from "./sample.ts";

/** The OpenAPI 3.1 document of a table of routes. Its schemas are the very ones by which messages are checked. */
export function openApi(routes: readonly Route[], version: string): object {
  const paths: Record<string, Record<string, object>> = {};
  for (const route of routes) paths[route.path] = { ...paths[route.path], [route.method]: operation(route) };
  return {
    openapi: "3.1.0",
    info: {
      title: "Truebound",
      version,
      description:
        "How wrong every clock can be. Fields ending in _ns are decimal strings; offsets are reference minus local, positive = the host is behind; null = unknown.",
    },
    tags: ROUTE_PARTS.map(([name]) => ({ name })),
    paths,
    components: { schemas: { Problem: PROBLEM_SCHEMA }, securitySchemes: SCHEMES },
  };
}

const SCHEMES = {
  token: { type: "http", scheme: "bearer", description: "An API token, made under Administration; only where people sign in" },
  session: {
    type: "apiKey",
    in: "cookie",
    name: "__Host-truebound",
    description: "The session of a page; changes also need its CSRF token",
  },
  agentKey: { type: "apiKey", in: "header", name: "Signature", description: "HTTP message signature (RFC 9421) by the agent's key" },
};

const operation = (route: Route): object => ({
  operationId: route.operation,
  tags: [ROUTE_PARTS.find(([, routes]) => routes.some(({ operation }) => operation === route.operation))?.[0] ?? "Service"],
  "x-truebound-listener": route.listener,
  summary: route.summary,
  description: accessOf(route),
  security: securityOf(route),
  parameters: route.parameters,
  ...(route.body ? { requestBody: { required: true, content: { [route.body.type]: bodyOf(route.body) } } } : {}),
  responses: {
    200: { description: route.answer.description, content: { [route.answer.type]: withSample(route.answer) } },
    ...Object.fromEntries([...problemsOf(route)].map(([status, codes]) => [status, refusalOf(codes)])),
    default: { description: "A problem (RFC 9457)", content: PROBLEM },
  },
});

const PROBLEM = { "application/problem+json": { schema: { $ref: "#/components/schemas/Problem" } } };
const refusalOf = (codes: readonly ProblemCode[]): object => ({ description: codes.join(", "), content: PROBLEM });

const bodyOf = (body: NonNullable<Route["body"]>): object =>
  body.example === undefined ? withSample(body) : { schema: body.schema, example: body.example };

const HAS_FIELDS = ["properties", "allOf", "anyOf"];
const withSample = ({ type, schema }: { readonly type: string; readonly schema: object }): object =>
  type === "application/json" && HAS_FIELDS.some((key) => key in schema) ? { schema, example: sampleOf(schema) } : { schema };

const accessOf = ({ operation, listener, parameters }: Route): string => {
  if (listener === "people") return accessInWords(ACCESS[operation as PeopleOperation]);
  return parameters.length > 0
    ? "For agents: signed by the agent's key."
    : "For agents: what is sent is signed over a challenge, or asks for one.";
};

function securityOf({ operation, listener, parameters }: Route): readonly object[] {
  if (listener === "agents") return parameters.length > 0 ? [{ agentKey: [] }] : [];
  return ACCESS[operation as PeopleOperation].needs === "anyone" ? [] : [{ token: [] }, { session: [] }];
}
