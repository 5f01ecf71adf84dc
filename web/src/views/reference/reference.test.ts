import { describe, expect, it } from "vitest";
import { type ApiDocument, matching, operationsOf } from "./api-document.ts";
import { curlOf } from "./curl.ts";
import { schemaRows, typeWords } from "./schema-rows.ts";

const answer = (schema: object) => ({ 200: { description: "It", content: { "application/json": { schema, example: { id: "1" } } } } });
const described = (operationId: string, more: object = {}) => ({
  operationId,
  tags: ["Alerts"],
  "x-truebound-listener": "people",
  summary: `What ${operationId} does`,
  description: "For admins.",
  security: [{ token: [] }],
  parameters: [],
  responses: {
    ...answer({ type: "object", properties: { margin_ns: { type: "string" } } }),
    404: { description: "not_found", content: {} },
  },
  ...more,
});
const id = { name: "id", in: "path", description: "", required: true, schema: {}, example: "db 1" };
const stamp = { name: "a", in: "query", description: "", schema: {}, example: "db-1@2026-11-26T10:00:00Z" };
const body = (type: string, example: unknown) => ({ requestBody: { content: { [type]: { schema: {}, example } } } });

const document = {
  info: { title: "", version: "", description: "" },
  tags: [],
  components: { schemas: { Problem: {} } },
  paths: {
    "/api/v1/hosts/{id}": {
      get: described("getHost", { parameters: [id] }),
      post: described("comment", { parameters: [id], ...body("application/json", { words: "it's" }) }),
    },
    "/api/v1/order": { get: described("getOrder", { parameters: [stamp, { ...stamp, name: "scope", example: undefined }] }) },
    "/livez": { get: described("livez", { security: [] }) },
    "/batches": { post: described("receiveBatch", { "x-truebound-listener": "agents" }) },
  },
} as unknown as ApiDocument;
const operations = operationsOf(document);
const one = (name: string) => {
  const found = operations.find(({ id: called }) => called === name);
  if (found === undefined) throw new Error(`Cannot find ${name}`);
  return found;
};

describe("a request as a line for a shell", () => {
  const where = { people: "http://127.0.0.1:8123", isSignedIn: false };
  it("fills the path and what has an example, and leaves out what may be left out", () => {
    expect(curlOf(one("getHost"), where)).toBe("curl -sS \\\n  'http://127.0.0.1:8123/api/v1/hosts/db%201'");
    expect(curlOf(one("getOrder"), where)).toContain("/api/v1/order?a=db-1@2026-11-26T10:00:00Z'");
  });
  it("sends a token only where people sign in and one is needed, and a body that a shell does not take apart", () => {
    expect(curlOf(one("getHost"), { ...where, isSignedIn: true })).toContain('"Authorization: Bearer $TRUEBOUND_API_TOKEN"');
    expect(curlOf(one("livez"), { ...where, isSignedIn: true })).not.toContain("Bearer");
    expect(curlOf(one("comment"), where)).toContain(`-X POST \\\n  -H 'Content-Type: application/json' \\\n  -d '{"words":"it'\\''s"}'`);
  });
  it("is none for what an agent signs", () => expect(curlOf(one("receiveBatch"), where)).toBeNull());
});

describe("the search of the reference", () => {
  it("finds an operation by each of its words: name, path, field and code", () => {
    const found = (words: string) => matching(operations, words).map(({ id: called }) => called);
    expect(found("ORDER get")).toEqual(["getOrder"]);
    expect(found("margin_ns livez")).toEqual(["livez"]);
    expect(found("not_found").length).toBe(operations.length);
    expect(found("nothing of it")).toEqual([]);
    expect(one("getHost").refusals).toEqual([["404", ["not_found"]]]);
  });
});

describe("the fields of a message", () => {
  const bound = { type: "object", required: ["lo_ns"], properties: { lo_ns: { type: "string", pattern: "^-?(0|[1-9][0-9]{0,29})$" } } };
  it("stand under what they are part of, also where that may be null, is in a list or a map, or has two parts", () => {
    const rows = schemaRows({
      allOf: [
        { type: "object", required: ["tight"], properties: { tight: { anyOf: [bound, { type: "null" }] } } },
        {
          type: "object",
          properties: { each: { type: "array", items: bound }, by: { type: "object", patternProperties: { "^.*$": bound } } },
        },
      ],
    });
    expect(rows.map(({ depth, name, type, isRequired }) => [depth, name, type, isRequired])).toEqual([
      [0, "tight", "object or null", true],
      [1, "lo_ns", "integer as text", true],
      [0, "each", "list of object", false],
      [1, "lo_ns", "integer as text", true],
      [0, "by", "map of object", false],
      [1, "lo_ns", "integer as text", true],
    ]);
  });
  it("say what kind they are", () => {
    const cases: [object, string][] = [
      [{ enum: ["a", null] }, '"a", null'],
      [{ type: ["string", "null"] }, "text or null"],
      [{ type: "integer", minimum: 0, maximum: Number.MAX_SAFE_INTEGER }, "integer, not negative"],
      [{ type: "integer", minimum: 1, maximum: 9 }, "integer from 1 to 9"],
      [{ type: "string", format: "date-time" }, "time, RFC 3339 in UTC"],
      [{ type: "array", items: [{ type: "integer" }, { type: "boolean" }] }, "list of 2: integer, boolean"],
      [{ const: 1 }, "1"],
    ];
    for (const [schema, words] of cases) expect(typeWords(schema)).toBe(words);
  });
});
