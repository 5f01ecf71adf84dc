import type { ReportTodo } from "@truebound/wire";
import type { JSX } from "preact";

/** What a report leaves to people, as its own pages say it. It is on each of them, so none of it is left out here. */
export const TodosSection = ({ todos }: { readonly todos: readonly ReportTodo[] }): JSX.Element => (
  <section aria-labelledby="todos-title">
    <div class="section-head">
      <h2 id="todos-title">To do</h2>
      <p>What documents, declarations and measurements are missing. None of it changes a verdict that stands.</p>
    </div>
    {todos.length === 0 ? (
      <p class="none">Nothing: inventory, documents, stamp points, application errors and anchors are all there.</p>
    ) : (
      <ul class="report-todos">
        {todos.map(({ about, words, of, of_count }) => (
          <li key={`${about} ${words}`}>
            <span class="muted">{about}</span>
            <span>
              {words}
              {of.length > 0 && <span class="fact-note">{namesWords(of, of_count)}</span>}
            </span>
          </li>
        ))}
      </ul>
    )}
  </section>
);

const namesWords = (of: readonly string[], count: number): string =>
  `${of.join(", ")}${count > of.length ? ` and others (${count} in all)` : ""}`;
