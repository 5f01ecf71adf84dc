import type { Operation } from "./api-document.ts";

interface Where {
  /** Without a final slash. */
  readonly people: string;
  /** People sign in there: a request needs a token. */
  readonly isSignedIn: boolean;
}

/** Where agents report, as nobody but the operator knows it. */
const AGENTS = "https://SERVER:8125";

/** The request as a line to paste into a shell; null = only an agent can make it, for it is signed by its key. */
export function curlOf(operation: Operation, { people, isSignedIn }: Where): string | null {
  const { method, isOfAgents, isSigned, body } = operation;
  if (isOfAgents && (isSigned || body !== null)) return null;
  const parts = [
    `curl -sS${operation.answer.type === "text/event-stream" ? "N" : ""}`,
    ...(method === "GET" ? [] : [`-X ${method}`]),
    ...(isSigned && isSignedIn ? ['-H "Authorization: Bearer $TRUEBOUND_API_TOKEN"'] : []),
    ...(body === null
      ? []
      : [`-H 'Content-Type: ${body.type}'`, `${body.type === "text/csv" ? "--data-binary" : "-d"} ${quoted(bodyText(body))}`]),
    quoted(`${isOfAgents ? AGENTS : people}${addressOf(operation)}`),
  ];
  return parts.join(" \\\n  ");
}

const bodyText = ({ type, example }: NonNullable<Operation["body"]>): string =>
  type === "application/json" ? JSON.stringify(JSON.parse(example ?? "{}")) : (example ?? "");

/** With the values of the examples: all that are in the path, and of the others those that have one. */
function addressOf({ path, parameters }: Operation): string {
  const query = parameters.filter((one) => one.in === "query" && one.example !== undefined);
  const filled = path.replace(/\{(\w+)\}/g, (_, name: string) =>
    encodeURIComponent(parameters.find((one) => one.in === "path" && one.name === name)?.example ?? name.toUpperCase()),
  );
  const asked = query.map(
    ({ name, example = "" }) =>
      `${name}=${encodeURIComponent(example).replaceAll("%3A", ":").replaceAll("%40", "@").replaceAll("%2C", ",")}`,
  );
  return asked.length === 0 ? filled : `${filled}?${asked.join("&")}`;
}

/** As a shell reads it back. */
const quoted = (text: string): string => `'${text.replaceAll("'", "'\\''")}'`;
