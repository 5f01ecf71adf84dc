import { PROBLEM_SCHEMA, type Route } from "./routes.ts";

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
    paths,
    components: { schemas: { Problem: PROBLEM_SCHEMA } },
  };
}

const operation = ({ operation, listener, summary, parameters, body, answer }: Route): object => ({
  operationId: operation,
  tags: [listener],
  summary,
  parameters,
  ...(body ? { requestBody: { required: true, content: { [body.type]: { schema: body.schema } } } } : {}),
  responses: {
    200: { description: answer.description, content: { [answer.type]: { schema: answer.schema } } },
    default: {
      description: "A problem (RFC 9457)",
      content: { "application/problem+json": { schema: { $ref: "#/components/schemas/Problem" } } },
    },
  },
});
