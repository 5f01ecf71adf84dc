import type { ComponentChildren, JSX } from "preact";
import type { Request } from "../../api/use-request.ts";
import { causeOf } from "../../format/failure-words.ts";

interface AdminListProps<T> {
  readonly id: string;
  readonly title: string;
  readonly says: ComponentChildren;
  /** Where there are none. */
  readonly none: string;
  readonly request: Request<{ readonly items: readonly T[] }>;
  readonly children: (items: readonly T[]) => ComponentChildren;
}

/** A list of one kind of thing. That it could not be had, or not anew, is said in its place, and is not the same as none. */
export function AdminList<T>({ id, title, says, none, request: { loaded }, children }: AdminListProps<T>): JSX.Element {
  const failure = loaded.kind === "loading" ? null : loaded.failure;
  return (
    <section aria-labelledby={`${id}-title`}>
      <div class="section-head">
        <h2 id={`${id}-title`}>{title}</h2>
        <p>{says}</p>
      </div>
      {loaded.kind === "loading" && <p class="none">Asking the server…</p>}
      {failure && (
        <p class="inline-trouble" role="alert">
          {loaded.kind === "ready" ? "What is shown is old, and could not be loaded anew: " : "Cannot load this: "}
          {causeOf(failure)}
        </p>
      )}
      {loaded.kind === "ready" && (loaded.value.items.length === 0 ? <p class="none">{none}</p> : children(loaded.value.items))}
    </section>
  );
}
