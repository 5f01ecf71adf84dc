/** A JSON schema, as it stands in an OpenAPI document. */
export type JsonSchema = object;

export interface Parameter {
  readonly name: string;
  readonly in: "path" | "query" | "header";
  readonly description: string;
  readonly required?: boolean;
  readonly schema: JsonSchema;
  /** A value that is right, for the request that the reference shows. */
  readonly example?: string;
}

export interface Route {
  readonly operation: string;
  /** Agents and people have a listener of their own each. */
  readonly listener: "agents" | "people";
  readonly method: "get" | "post";
  /** With OpenAPI's {parameters}. */
  readonly path: string;
  readonly summary: string;
  readonly parameters: readonly Parameter[];
  readonly body?: {
    readonly type: string;
    readonly schema: JsonSchema;
    /** One that is right as a whole; absent = an example is made of the schema. */
    readonly example?: unknown;
  };
  readonly answer: { readonly type: string; readonly description: string; readonly schema: JsonSchema };
}

export const text = { type: "string" };
export const id: Parameter = {
  name: "id",
  in: "path",
  required: true,
  description: "Id of the host, or its name",
  schema: text,
  example: "db-1",
};
export const query = (name: string, description: string, schema: JsonSchema = text, example?: string): Parameter => ({
  name,
  in: "query",
  description,
  schema,
  ...(example === undefined ? {} : { example }),
});
export const header = (name: string, description: string): Parameter => ({ name, in: "header", required: true, description, schema: text });
export const limit = query("limit", "Items in a page", { type: "integer", minimum: 1, maximum: 10000, default: 200 });
export const after = query("after", "The `next` of the page before");
export const json = (description: string, schema: JsonSchema): Route["answer"] => ({ type: "application/json", description, schema });
export const plain = (description: string, type = "text/plain"): Route["answer"] => ({ type, description, schema: text });
/** Of requests that say all by their path. */
export const Nothing = { type: "object", properties: {}, additionalProperties: false, maxProperties: 0 } as const;
export const someLimit = query("limit", "Items in a page", { type: "integer", minimum: 1, maximum: 1000, default: 200 });
export const jsonBody = (schema: JsonSchema, example?: object): NonNullable<Route["body"]> => ({
  type: "application/json",
  schema,
  ...(example === undefined ? {} : { example }),
});
