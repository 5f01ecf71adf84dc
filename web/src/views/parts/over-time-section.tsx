import type { ComponentChildren, JSX } from "preact";
import type { Loaded } from "../../api/loaded.ts";
import { causeOf } from "../../format/failure-words.ts";
import { QueryToggle } from "./query-toggle.tsx";

interface OverTimeSectionProps<T> {
  /** Its class. */
  readonly name: string;
  /** What says in the address that it is a table. */
  readonly param: string;
  readonly title: string;
  readonly says: string;
  /** What could not be loaded. */
  readonly what: string;
  readonly tableLabel: string;
  readonly search: string;
  readonly loaded: Loaded<T>;
  readonly children: (value: T, isTable: boolean) => ComponentChildren;
  /** Beside the choice of a table. */
  readonly tools?: ComponentChildren;
}

/** Something over time, as a picture or as a table: that it is asked for, why there is none, or it. */
export function OverTimeSection<T>(props: OverTimeSectionProps<T>): JSX.Element {
  const { name, param, title, says, what, tableLabel, search, loaded, children, tools } = props;
  const isTable = new URLSearchParams(search).get(param) === "table";
  return (
    <section class={name} aria-labelledby={`${name}-title`}>
      <div class="section-head">
        <h2 id={`${name}-title`}>{title}</h2>
        <p>{says}</p>
      </div>
      {loaded.kind === "loading" && <p class="band-empty">Asking the server for this stretch…</p>}
      {loaded.kind !== "loading" && loaded.failure && (
        <p class="inline-trouble">
          Cannot load {what}: {causeOf(loaded.failure)}
        </p>
      )}
      {loaded.kind === "ready" && children(loaded.value, isTable)}
      <div class="tools">
        {tools}
        <QueryToggle search={search} name={param} value="table" isOn={isTable}>
          {tableLabel}
        </QueryToggle>
      </div>
    </section>
  );
}
