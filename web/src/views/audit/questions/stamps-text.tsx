import type { JSX } from "preact";
import { useState } from "preact/hooks";
import { countWords } from "../../../format/count-words.ts";

/** A file that somebody dropped or chose. */
export interface GivenFile {
  readonly name: string;
  readonly text: string;
}

interface StampsTextProps {
  readonly csv: string;
  readonly onSay: (csv: string) => void;
  readonly file: GivenFile | null;
  readonly onFile: (file: GivenFile | null) => void;
  /** Of what is typed; null = there is nothing to say. */
  readonly notes: readonly (string | null)[];
}

/** What one answer of the server takes at most, so that nothing here is larger. */
const MOST_BYTES = 32 * 1024 * 1024;

/** Stamps as they are typed, or a file of them: chosen, or dropped anywhere on the field. */
export function StampsText({ csv, onSay, file, onFile, notes }: StampsTextProps): JSX.Element {
  const [trouble, setTrouble] = useState<string | null>(null);
  const [isOver, setIsOver] = useState(false);
  const take = async (given: File | undefined): Promise<void> => {
    if (given === undefined) return;
    const why = given.size > MOST_BYTES ? `${given.name} has more than 32 MiB: ask truebound stamp, or a part of it` : null;
    setTrouble(why);
    if (why === null) onFile({ name: given.name, text: await given.text() });
  };
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: dropping is offered beside the field for a file, which keys reach
    <div
      class={`stamps-text${isOver ? " stamps-over" : ""}`}
      onDragOver={(event) => {
        event.preventDefault();
        setIsOver(true);
      }}
      onDragLeave={() => setIsOver(false)}
      onDrop={(event) => {
        event.preventDefault();
        setIsOver(false);
        void take(event.dataTransfer?.files[0]);
      }}
    >
      {file === null ? <Typed csv={csv} onSay={onSay} notes={notes} /> : <Given file={file} onAway={() => onFile(null)} />}
      {file === null && (
        <label class="field">
          <span>Or a file of trades (CSV: host, timestamp, id), which may be dropped here</span>
          <input
            type="file"
            accept=".csv,.txt,text/csv,text/plain"
            onChange={(event) => {
              void take(event.currentTarget.files?.[0]);
              event.currentTarget.value = "";
            }}
          />
        </label>
      )}
      {trouble !== null && (
        <p class="outcome outcome-failed" role="alert">
          {trouble}
        </p>
      )}
    </div>
  );
}

const Typed = ({ csv, onSay, notes }: Pick<StampsTextProps, "csv" | "onSay" | "notes">): JSX.Element => (
  <label class="field">
    <span>Stamps, one in each line</span>
    <textarea
      rows={4}
      spellcheck={false}
      placeholder="match-01,2026-11-26T13:05:09.007123456Z,order-17"
      value={csv}
      onInput={(event) => onSay(event.currentTarget.value)}
    />
    {notes.map(
      (note) =>
        note !== null && (
          <span key={note} class="field-note">
            {note}
          </span>
        ),
    )}
  </label>
);

const Given = ({ file: { name, text }, onAway }: { readonly file: GivenFile; readonly onAway: () => void }): JSX.Element => (
  <p class="stamps-given">
    <strong>{name}</strong>
    <span>{countWords(text.trimEnd() === "" ? 0 : text.trimEnd().split("\n").length, "line")}</span>
    <button type="button" onClick={onAway}>
      Take it away
    </button>
    <span class="muted">A file is not in the address: a copied link does not ask it again.</span>
  </p>
);
