/** The query with some values changed; `null` takes one away. Ready to append to a path. */
export function withQuery(search: string, changes: Readonly<Record<string, string | null>>): string {
  const query = new URLSearchParams(search);
  for (const [name, value] of Object.entries(changes)) {
    if (value === null || value === "") query.delete(name);
    else query.set(name, value);
  }
  // A colon is legal in a query, and times are easier to read and share with it.
  const text = query.toString().replaceAll("%3A", ":");
  return text === "" ? "" : `?${text}`;
}

/** Only what holds on every page travels from one to another. */
export function lastingQuery(search: string): string {
  const query = new URLSearchParams(search);
  return withQuery("", { truth: query.get("truth"), tz: query.get("tz") });
}
