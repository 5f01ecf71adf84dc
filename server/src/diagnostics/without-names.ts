import type { SystemFacts } from "../system/facts.ts";

/** Labels of our metrics whose values come from our own short lists; all others may name somebody. */
const OWN_WORDS = new Set(
  "le tier kind state mode stat code verdict status operation outcome liveness version finding severity reason".split(" "),
);
const SAMPLE = /^([a-zA-Z_:][a-zA-Z0-9_:]*)\{((?:[^"}]|"(?:[^"\\]|\\.)*")*)\} (\S+)/;
const LABEL = /([a-zA-Z_][a-zA-Z0-9_]*)="((?:[^"\\]|\\.)*)"/g;

/** The text of a page of metrics with `host-1`, `source-2` and so on in the place of names; the same name becomes the same word. */
export function metricsWithoutNames(text: string): string {
  const known = new Map<string, string>();
  const counts = new Map<string, number>();
  const word = (label: string, value: string): string => {
    const key = `${label}=${value}`;
    const count = counts.get(label) ?? 0;
    if (!known.has(key)) {
      counts.set(label, count + 1);
      known.set(key, `${label}-${count + 1}`);
    }
    return known.get(key) ?? "";
  };
  const replaced = (labels: string) =>
    labels.replace(LABEL, (whole, label: string, value: string) => (OWN_WORDS.has(label) ? whole : `${label}="${word(label, value)}"`));
  return text
    .split("\n")
    .map((line) => {
      if (line.startsWith("#")) return line;
      // What follows the figure is an exemplar, which names a report.
      const [, name, labels, figure] = SAMPLE.exec(line) ?? [];
      return name === undefined ? line : `${name}{${replaced(labels ?? "")}} ${figure}`;
    })
    .join("\n");
}

const LEFT_OUT = "left out; --with-names says it";
const numbered = (word: string, names: readonly string[]): string[] => names.map((_, index) => `${word}-${index + 1}`);

/** What the service needs and how it stands, without a name of anybody, and without the words of other programs. */
export function factsWithoutNames(facts: SystemFacts): SystemFacts {
  const { archive, database } = facts;
  return {
    ...facts,
    archive: archive.kind === "trouble" ? { kind: "trouble", why: LEFT_OUT } : archive,
    database: typeof database === "string" ? LEFT_OUT : databaseWithoutNames(database),
  };
}

function databaseWithoutNames(database: Exclude<SystemFacts["database"], string>): SystemFacts["database"] {
  const { channels, servers, standbys, unreadable, house } = database;
  return {
    ...database,
    channels: channels.map(({ enabled, last }, index) => ({
      name: `channel-${index + 1}`,
      enabled,
      last: last === null ? null : { ...last, error: last.error === null ? null : LEFT_OUT },
    })),
    servers: servers.map((server, index) => ({ ...server, name: `server-${index + 1}` })),
    standbys: standbys.map((standby, index) => ({ ...standby, name: `standby-${index + 1}` })),
    unreadable: { ...unreadable, names: numbered("host", unreadable.names) },
    house: { ...house, blocked: numbered("host", house.blocked), reviews: house.reviews.map(({ due }) => ({ of: {}, due })) },
  };
}
