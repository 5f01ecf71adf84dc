import type { JSX } from "preact";
import { useServerTime } from "../../api/use-server-time.ts";
import { causeOf } from "../../format/failure-words.ts";
import { serverTimeWords } from "../../format/server-time-words.ts";
import { Mark } from "../parts/mark.tsx";

/** The clock by which the server tells ages and silence, measured like any other; nothing of an answer that could not be renewed. */
export function ServerClockLine(): JSX.Element {
  const loaded = useServerTime();
  const { look, words } =
    loaded.kind === "ready" && loaded.failure === null
      ? serverTimeWords(loaded.value)
      : ({ look: "unknown", words: loaded.kind === "loading" ? "asking…" : `unknown: ${wordsOf(loaded)}` } as const);
  return (
    <p class="server-clock">
      <Mark look={look} />
      <span>
        The server’s own clock: <span class="server-clock-words">{words}</span>
      </span>
    </p>
  );
}

const wordsOf = ({ failure }: { readonly failure: Parameters<typeof causeOf>[0] | null }): string =>
  failure === null ? "it says nothing" : causeOf(failure);
