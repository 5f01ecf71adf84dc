import type { ComponentChildren, JSX } from "preact";
import type { Request } from "../../api/use-request.ts";
import { causeOf } from "../../format/failure-words.ts";
import { CodeWords } from "../parts/code-words.tsx";

interface PartSectionProps<T> {
  readonly id: string;
  readonly title: string;
  readonly says: string;
  /** Where there are none. */
  readonly none: string;
  readonly request: Request<readonly T[]>;
  /** Stands over the list, whether there is one or none. */
  readonly above?: ComponentChildren;
  readonly children: (items: readonly T[]) => ComponentChildren;
}

/** One part of what alerting is set to. That it could not be had is said in its place, and is not the same as none. */
export function PartSection<T>({ id, title, says, none, request: { loaded }, above, children }: PartSectionProps<T>): JSX.Element {
  const failure = loaded.kind === "loading" ? null : loaded.failure;
  return (
    <section aria-labelledby={`${id}-title`}>
      <div class="section-head">
        <h2 id={`${id}-title`}>{title}</h2>
        <p>{says}</p>
      </div>
      {above}
      {loaded.kind === "loading" && <p class="none">Asking the server…</p>}
      {failure && (
        <p class="inline-trouble">
          Cannot load {title.toLowerCase()}: {causeOf(failure)}
        </p>
      )}
      {loaded.kind === "ready" &&
        (loaded.value.length === 0 ? (
          <p class="none">
            <CodeWords text={none} />
          </p>
        ) : (
          children(loaded.value)
        ))}
    </section>
  );
}
