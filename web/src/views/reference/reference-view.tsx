import type { JSX } from "preact";
import { useMemo } from "preact/hooks";
import { getJson } from "../../api/get-json.ts";
import { useServices } from "../../api/services.ts";
import { useRequest } from "../../api/use-request.ts";
import { countWords } from "../../format/count-words.ts";
import { Link } from "../../route/link.tsx";
import { REFERENCE_PATH, referencePath } from "../../route/place.ts";
import { CodeWords } from "../parts/code-words.tsx";
import { FailureNotice } from "../parts/failure-notice.tsx";
import { Loading } from "../parts/loading.tsx";
import { Notice } from "../parts/notice.tsx";
import { SearchBox } from "../parts/search-box.tsx";
import { useTitle } from "../parts/use-title.ts";
import { type ApiDocument, matching, type Operation, operationsOf } from "./api-document.ts";
import { OperationView } from "./operation-view.tsx";

interface ReferenceProps {
  /** Null = all of them. */
  readonly operation: string | null;
  readonly search: string;
}

const HOUR_MS = 3_600_000;

/** The API as its server describes it: a list of operations, or one of them. */
export function ReferenceView({ operation, search }: ReferenceProps): JSX.Element {
  const { clock } = useServices();
  const { loaded, renew } = useRequest<ApiDocument>("openapi", HOUR_MS, (signal) => getJson("/api/openapi.json", clock, signal));
  useTitle(operation === null ? "API reference" : `${operation} – API reference`);
  if (loaded.kind === "failed") return <FailureNotice failure={loaded.failure} onRetry={renew} />;
  if (loaded.kind === "loading") return <Loading title="Asking the server what it answers…" />;
  return <Reference document={loaded.value} operation={operation} search={search} />;
}

function Reference({ document, operation, search }: ReferenceProps & { readonly document: ApiDocument }): JSX.Element {
  const operations = useMemo(() => operationsOf(document), [document]);
  if (operation === null) return <List document={document} operations={operations} search={search} />;
  const found = operations.find(({ id }) => id === operation);
  if (found !== undefined) return <OperationView operation={found} problem={document.components.schemas.Problem} />;
  return (
    <Notice title="There is no such operation">
      <p>
        The API of this server has no operation <code>{operation}</code>. <Link to={REFERENCE_PATH}>All operations</Link> are in the list.
      </p>
    </Notice>
  );
}

interface ListProps {
  readonly document: ApiDocument;
  readonly operations: readonly Operation[];
  readonly search: string;
}

function List({ document, operations, search }: ListProps): JSX.Element {
  const words = new URLSearchParams(search).get("q") ?? "";
  const found = matching(operations, words);
  const parts = document.tags
    .map(({ name }) => ({ name, of: found.filter(({ part }) => part === name) }))
    .filter(({ of }) => of.length > 0);
  return (
    <article class="reference">
      <header class="reference-head">
        <h1>API reference</h1>
        <p>
          Version {document.info.version}, as <a href="/api/openapi.json">OpenAPI 3.1</a>. {document.info.description}
        </p>
        <p>
          Lists come page by page: <code>next</code> of one is <code>after</code> of the next. A question with a parameter that is unknown
          is refused. Refusals are problems of RFC 9457, whose <code>code</code> is for programs and whose <code>detail</code> is for
          people.
        </p>
        <SearchBox
          words={words}
          search={search}
          path={REFERENCE_PATH}
          hints={{ placeholder: "Search paths, fields, codes", label: "Search operations, parameters, fields and codes" }}
        />
      </header>
      {found.length === 0 && <p class="none">No operation has all of these words.</p>}
      {parts.map(({ name, of }) => (
        <Part key={name} name={name} operations={of} />
      ))}
    </article>
  );
}

function Part({ name, operations }: { readonly name: string; readonly operations: readonly Operation[] }): JSX.Element {
  const id = `part-${name.toLowerCase()}`;
  return (
    <section aria-labelledby={id}>
      <div class="section-head">
        <h2 id={id}>{name}</h2>
        <p>{countWords(operations.length, "operation")}</p>
      </div>
      <ul class="reference-list">
        {operations.map((one) => (
          <li key={one.id}>
            <Link to={referencePath(one.id)} class="reference-way">
              <Method method={one.method} /> <code>{one.path}</code>
            </Link>
            <span>
              <CodeWords text={one.summary} />
            </span>
          </li>
        ))}
      </ul>
    </section>
  );
}

export const Method = ({ method }: { readonly method: string }): JSX.Element => (
  <span class={`method method-${method.toLowerCase()}`}>{method}</span>
);
