import { PROBLEM_CODES, Problem, type ProblemCode, validator } from "@truebound/wire";
import { describe, expect, it } from "vitest";
import { ACCESS } from "../access/route-access.ts";
import { PROBLEM_STATUS } from "../refusal.ts";
import { accessInWords } from "./access-words.ts";
import { openApi } from "./openapi.ts";
import { problemsOf } from "./operation-problems.ts";
import { ROUTE_PARTS, ROUTES, type Route } from "./routes.ts";
import { sampleOf } from "./sample.ts";

interface Described {
  readonly operationId: string;
  readonly tags: readonly string[];
  readonly description: string;
  readonly requestBody?: { readonly content: Readonly<Record<string, { readonly schema: object; readonly example?: unknown }>> };
  readonly responses: Readonly<
    Record<string, { readonly content: Readonly<Record<string, { readonly schema: object; readonly example?: unknown }>> }>
  >;
}

const routes: readonly Route[] = ROUTES;
const document = openApi(routes, "0.1.0") as { readonly paths: Readonly<Record<string, Readonly<Record<string, Described>>>> };
const operations = Object.values(document.paths).flatMap((path) => Object.values(path));
const errors = (schema: object, value: unknown) => validator(schema as never).errors(value);

describe("the document of the API", () => {
  it("has an example of each answer and each body in JSON that has fields, and each is as its schema says", () => {
    for (const { operationId, requestBody, responses } of operations)
      for (const content of [requestBody?.content ?? {}, responses[200]?.content ?? {}])
        for (const [type, { schema, example }] of Object.entries(content)) {
          if (type !== "application/json" || operationId === "describe" || operationId === "receiveBatch") continue;
          if (Object.keys((schema as { properties?: object }).properties ?? { allOf: 1 }).length > 0)
            expect(example, operationId).toBeDefined();
          expect([operationId, errors(schema, example ?? {})]).toEqual([operationId, []]);
        }
  });
  it("puts every operation under one part, and has a value for each part of a path and whatever must be given", () => {
    expect(ROUTE_PARTS.flatMap(([, part]) => part.map(({ operation }) => operation)).sort()).toEqual(
      routes.map(({ operation }) => operation).sort(),
    );
    for (const { operation, listener, parameters } of routes)
      for (const parameter of parameters)
        if (listener === "people" && (parameter.in === "path" || parameter.required))
          expect([operation, parameter.example]).not.toContain(undefined);
    for (const { operationId, tags } of operations) expect([operationId, tags.length]).toEqual([operationId, 1]);
  });
  it("tells no two stories: what a field of a bound holds lies within it", () => {
    const bound = { type: "object", properties: { lo_ns: { type: "string" }, hi_ns: { type: "string" } } };
    expect(sampleOf({ type: "object", properties: { guaranteed: bound, tight: bound } })).toEqual({
      guaranteed: { lo_ns: "3000000", hi_ns: "3400000" },
      tight: { lo_ns: "3100000", hi_ns: "3300000" },
    });
  });
  it("says of each operation of people who may do it, and by which codes each may be refused", () => {
    for (const access of Object.values(ACCESS)) expect(accessInWords(access)).toMatch(/^For [a-z].*\.$/);
    expect(accessInWords(ACCESS.getHost)).toBe("For every role over this host.");
    expect(accessInWords(ACCESS.addSilence)).toBe(
      "For operators and admins over the whole fleet. Who did it is written down. Where people sign in, `who` in the body becomes their name.",
    );
    for (const route of routes)
      for (const codes of problemsOf(route).values()) for (const code of codes) expect(PROBLEM_CODES).toContain(code);
    expect(errors(Problem, sampleOf(Problem))).toEqual([]);
  });
  it("says of what is there already or fixed, and of what only a body names, by which code it is refused, and of no other", () => {
    const refusedBy = (code: ProblemCode) =>
      routes.filter((route) => problemsOf(route).get(PROBLEM_STATUS[code])?.includes(code)).map(({ operation }) => operation);
    expect(refusedBy("read_only").sort()).toEqual(["addPerson", "changeEnrolment", "changePerson", "endMaintenance", "endSilence"]);
    expect(refusedBy("not_found")).toEqual(expect.arrayContaining(["addExemption", "receiveFlight"]));
  });
});
