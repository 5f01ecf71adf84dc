import type { ComponentChildren, JSX } from "preact";
import { useSession } from "../../api/use-session.ts";
import { Link } from "../../route/link.tsx";
import { REFERENCE_PATH } from "../../route/place.ts";
import { CodeWords } from "../parts/code-words.tsx";
import { Copy } from "../parts/copy.tsx";
import type { ApiParameter, ApiSchema, Message, Operation } from "./api-document.ts";
import { curlOf } from "./curl.ts";
import { type SchemaRow, schemaRows, typeWords } from "./schema-rows.ts";

/** One operation: who may do it, what to send, what comes back, and how it can be refused. */
export const OperationView = ({ operation, problem }: { readonly operation: Operation; readonly problem: ApiSchema }): JSX.Element => (
  <article class="reference operation">
    <header class="reference-head">
      <p>
        <Link to={REFERENCE_PATH}>API reference</Link> › {operation.part}
      </p>
      <h1>
        <span class={`method method-${operation.method.toLowerCase()}`}>{operation.method}</span> <code>{operation.path}</code>
      </h1>
      <p class="operation-summary">
        <CodeWords text={operation.summary} />.
      </p>
      <p>
        <strong>Access.</strong> <CodeWords text={operation.access} /> <span class="muted">Its name is {operation.id}.</span>
      </p>
    </header>
    <Request operation={operation} />
    {operation.parameters.length > 0 && (
      <Part id="parameters" title="Parameters">
        <Parameters parameters={operation.parameters} />
      </Part>
    )}
    {operation.body !== null && (
      <Part id="body" title="Body" says={operation.body.type}>
        <MessageView message={operation.body} what="body" />
      </Part>
    )}
    <Part id="answer" title="Answer" says={`200, ${operation.answer.type}: ${operation.answer.description}`}>
      <MessageView message={operation.answer} what="answer" />
    </Part>
    <Part id="refusals" title="Refusals" says="application/problem+json">
      <Refusals operation={operation} problem={problem} />
    </Part>
  </article>
);

interface PartProps {
  readonly id: string;
  readonly title: string;
  readonly says?: string;
  readonly children: ComponentChildren;
}

const Part = ({ id, title, says, children }: PartProps): JSX.Element => (
  <section aria-labelledby={id}>
    <div class="section-head">
      <h2 id={id}>{title}</h2>
      {says !== undefined && <p>{says}</p>}
    </div>
    {children}
  </section>
);

function Request({ operation }: { readonly operation: Operation }): JSX.Element {
  const session = useSession();
  const isSignedIn = session.kind === "in" && session.signIn !== "off";
  const line = curlOf(operation, { people: window.location.origin, isSignedIn });
  return (
    <Part id="request" title="Request">
      {line === null ? (
        <p>Only an agent makes it: what it sends is signed by its key. docs/protocol.md says how.</p>
      ) : (
        <Code text={line} what="the request" />
      )}
    </Part>
  );
}

const Code = ({ text, what }: { readonly text: string; readonly what: string }): JSX.Element => (
  <div class="code-box">
    <pre>
      <code>{text}</code>
    </pre>
    <Copy text={text} what={what} />
  </div>
);

const Parameters = ({ parameters }: { readonly parameters: readonly ApiParameter[] }): JSX.Element => (
  <table class="fields">
    <thead>
      <tr>
        <th scope="col">Name</th>
        <th scope="col">In</th>
        <th scope="col">Value</th>
        <th scope="col">Meaning</th>
      </tr>
    </thead>
    <tbody>
      {parameters.map(({ name, in: where, required, schema, description }) => (
        <tr key={name}>
          <th scope="row">
            <code>{name}</code>
          </th>
          <td>
            {where}
            {required ? "" : ", optional"}
          </td>
          <td>{valueWords(schema)}</td>
          <td>
            <CodeWords text={description} />
          </td>
        </tr>
      ))}
    </tbody>
  </table>
);

const valueWords = (schema: ApiSchema): string =>
  schema.default === undefined ? typeWords(schema) : `${typeWords(schema)}; ${JSON.stringify(schema.default)} without it`;

function MessageView({ message: { schema, example }, what }: { readonly message: Message; readonly what: string }): JSX.Element {
  const rows = schemaRows(schema);
  return (
    <>
      {rows.length === 0 ? (
        <p>{schema.description ?? (what === "body" ? "An empty object." : `${typeWords(schema)}.`)}</p>
      ) : (
        <Fields rows={rows} />
      )}
      {example !== null && (
        <details class="example" open={rows.length < 8}>
          <summary>Example</summary>
          <Code text={example} what={`the example of the ${what}`} />
        </details>
      )}
    </>
  );
}

function Fields({ rows }: { readonly rows: readonly SchemaRow[] }): JSX.Element {
  const isSaid = rows.some(({ says }) => says !== "");
  return (
    <table class="fields">
      <thead>
        <tr>
          <th scope="col">Field</th>
          <th scope="col">Value</th>
          {isSaid && <th scope="col">Meaning</th>}
        </tr>
      </thead>
      <tbody>
        {rows.map(({ depth, name, type, isRequired, says }, at) => (
          <tr key={at}>
            <th scope="row" class={`field-${Math.min(depth, 6)}`}>
              <code>{name}</code>
            </th>
            <td>
              {type}
              {isRequired ? "" : ", optional"}
            </td>
            {isSaid && (
              <td>
                <CodeWords text={says} />
              </td>
            )}
          </tr>
        ))}
      </tbody>
    </table>
  );
}

const Refusals = ({ operation, problem }: { readonly operation: Operation; readonly problem: ApiSchema }): JSX.Element => (
  <>
    <table class="fields refusals">
      <thead>
        <tr>
          <th scope="col">Status</th>
          <th scope="col">Codes</th>
        </tr>
      </thead>
      <tbody>
        {operation.refusals.map(([status, codes]) => (
          <tr key={status}>
            <th scope="row">{status}</th>
            <td>
              {codes.map((code) => (
                <span key={code}>
                  <code>{code}</code>{" "}
                </span>
              ))}
            </td>
          </tr>
        ))}
      </tbody>
    </table>
    <details class="example">
      <summary>Fields of a problem</summary>
      <Fields rows={schemaRows(problem)} />
    </details>
  </>
);
