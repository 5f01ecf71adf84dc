import type { ManifestResult, ReportManifest } from "@truebound/audit";
import type { ReportTodo } from "@truebound/wire";
import { answersOf } from "./answers.ts";

/** What page 1 has for a document that nobody filed; it is not told a second time of each result. */
const TOLD_ON_PAGE_1 = "no_chain_document";
const TODO = "To do: ";
const MOST_NAMED = 3;

/** What a report leaves to people, in the words in which its pages say it: first what an auditor asks, then what stands beside verdicts. */
export const todosOf = (manifest: ReportManifest): readonly ReportTodo[] => [...answered(manifest), ...found(manifest.results)];

const answered = (manifest: ReportManifest): readonly ReportTodo[] =>
  answersOf(manifest).flatMap(({ question, lines }) =>
    lines.flatMap((line) => {
      const words = typeof line === "string" ? null : afterTodo(line.text);
      return words === null ? [] : [{ about: question, words, of: [], of_count: 0 }];
    }),
  );

const afterTodo = (words: string): string | null =>
  words.startsWith(TODO) ? `${words.charAt(TODO.length).toUpperCase()}${words.slice(TODO.length + 1)}` : null;

/** Each once, with whose results have it. */
function found(results: readonly ManifestResult[]): readonly ReportTodo[] {
  const named = new Map<string, { readonly about: string; readonly words: string; readonly of: Set<string> }>();
  for (const { name, findings } of results)
    for (const { kind, words } of findings) {
      const todo = kind === TOLD_ON_PAGE_1 ? null : afterTodo(words);
      if (todo === null) continue;
      const key = `${kind} ${todo}`;
      const one = named.get(key) ?? { about: kind.replaceAll("_", " "), words: todo, of: new Set<string>() };
      one.of.add(name);
      named.set(key, one);
    }
  return [...named.values()].map(({ about, words, of }) => ({ about, words, of: [...of].slice(0, MOST_NAMED), of_count: of.size }));
}
