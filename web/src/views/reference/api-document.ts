/** As much of an OpenAPI document as the reference draws. */
export interface ApiDocument {
  readonly info: { readonly title: string; readonly version: string; readonly description: string };
  readonly tags: readonly { readonly name: string }[];
  readonly paths: Readonly<Record<string, Readonly<Record<string, DescribedOperation>>>>;
  readonly components: { readonly schemas: { readonly Problem: ApiSchema } };
}

interface Content {
  readonly schema: ApiSchema;
  readonly example?: unknown;
}

interface DescribedOperation {
  readonly operationId: string;
  readonly tags: readonly string[];
  readonly "x-truebound-listener": string;
  readonly summary: string;
  readonly description: string;
  readonly security: readonly object[];
  readonly parameters: readonly ApiParameter[];
  readonly requestBody?: { readonly content: Readonly<Record<string, Content>> };
  readonly responses: Readonly<Record<string, { readonly description: string; readonly content: Readonly<Record<string, Content>> }>>;
}

export interface ApiParameter {
  readonly name: string;
  readonly in: "path" | "query" | "header";
  readonly description: string;
  readonly required?: boolean;
  readonly schema: ApiSchema;
  readonly example?: string;
}

export interface ApiSchema {
  readonly type?: string | readonly string[];
  readonly description?: string;
  readonly const?: unknown;
  readonly enum?: readonly unknown[];
  readonly default?: unknown;
  readonly anyOf?: readonly ApiSchema[];
  readonly allOf?: readonly ApiSchema[];
  readonly properties?: Readonly<Record<string, ApiSchema>>;
  readonly patternProperties?: Readonly<Record<string, ApiSchema>>;
  readonly required?: readonly string[];
  /** Of a list; several = of a list of just these. */
  readonly items?: ApiSchema | readonly ApiSchema[];
  readonly format?: string;
  readonly pattern?: string;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly maxLength?: number;
}

export interface Message {
  readonly type: string;
  readonly schema: ApiSchema;
  /** As it is sent; null = there is none. */
  readonly example: string | null;
}

export interface Operation {
  readonly id: string;
  readonly part: string;
  readonly isOfAgents: boolean;
  readonly method: string;
  readonly path: string;
  readonly summary: string;
  readonly access: string;
  readonly isSigned: boolean;
  readonly parameters: readonly ApiParameter[];
  readonly body: Message | null;
  readonly answer: Message & { readonly description: string };
  /** Status, and the codes that a problem of it may have. */
  readonly refusals: readonly (readonly [status: string, codes: readonly string[]])[];
}

export const operationsOf = ({ paths }: ApiDocument): Operation[] =>
  Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, described]) => operationOf(path, method, described)),
  );

function operationOf(path: string, method: string, described: DescribedOperation): Operation {
  const { operationId: id, tags, summary, description: access, security, parameters, requestBody, responses } = described;
  const { 200: answer, default: _, ...refusals } = responses;
  return {
    id,
    part: tags[0] ?? "",
    isOfAgents: described["x-truebound-listener"] === "agents",
    method: method.toUpperCase(),
    path,
    summary,
    access,
    isSigned: security.length > 0,
    parameters,
    body: messageOf(requestBody?.content),
    answer: { ...(messageOf(answer?.content) ?? { type: "", schema: {}, example: null }), description: answer?.description ?? "" },
    refusals: Object.entries(refusals).map(([status, { description: codes }]) => [status, codes.split(", ")]),
  };
}

function messageOf(content: Readonly<Record<string, Content>> | undefined): Message | null {
  const [type, first] = Object.entries(content ?? {})[0] ?? [];
  if (type === undefined || first === undefined) return null;
  const { schema, example } = first;
  return { type, schema, example: example === undefined ? null : typeof example === "string" ? example : JSON.stringify(example, null, 2) };
}

/** Every word must occur in the name, the path, what it does, a parameter or a field of it. */
export function matching(operations: readonly Operation[], words: string): Operation[] {
  const wanted = words
    .toLowerCase()
    .split(/\s+/)
    .filter((word) => word !== "");
  return operations.filter((one) => {
    const text = textOf(one);
    return wanted.every((word) => text.includes(word));
  });
}

const textOf = ({ id, method, path, summary, part, parameters, body, answer, refusals }: Operation): string =>
  [
    id,
    `${method} ${path}`,
    summary,
    part,
    ...parameters.map(({ name, description }) => `${name} ${description}`),
    ...fieldsOf(body?.schema),
    ...fieldsOf(answer.schema),
    ...refusals.flatMap(([status, codes]) => [status, ...codes]),
  ]
    .join(" ")
    .toLowerCase();

function fieldsOf(schema: ApiSchema | undefined): string[] {
  if (schema === undefined) return [];
  const { properties = {}, patternProperties = {}, anyOf = [], allOf = [], items = [] } = schema;
  const inner = [
    ...Object.values(properties),
    ...Object.values(patternProperties),
    ...anyOf,
    ...allOf,
    ...("length" in items ? items : [items]),
  ];
  return [...Object.keys(properties), ...inner.flatMap(fieldsOf)];
}
