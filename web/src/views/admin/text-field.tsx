import type { JSX } from "preact";

interface TextFieldProps {
  readonly label: string;
  readonly value: string;
  readonly onSay: (text: string) => void;
  readonly hint?: string;
  readonly required?: boolean;
  readonly longest?: number;
}

export const TextField = ({ label, value, onSay, hint = "", required = false, longest = 300 }: TextFieldProps): JSX.Element => (
  <label class="field">
    <span>{label}</span>
    <input
      type="text"
      value={value}
      placeholder={hint}
      required={required}
      maxLength={longest}
      spellcheck={false}
      autocomplete="off"
      onInput={(event) => onSay(event.currentTarget.value)}
    />
  </label>
);

interface MinuteFieldProps {
  readonly label: string;
  /** As the browser has it, without a zone: `2026-11-28T06:00`. */
  readonly value: string;
  readonly onSay: (text: string) => void;
  readonly note: string;
  readonly required?: boolean;
}

/** A minute, chosen or typed; its label says in which zone it is meant. */
export const MinuteField = ({ label, value, onSay, note, required = false }: MinuteFieldProps): JSX.Element => (
  <label class="field">
    <span>{label}</span>
    <input type="datetime-local" value={value} required={required} onInput={(event) => onSay(event.currentTarget.value)} />
    <span class="field-note">{note}</span>
  </label>
);

interface CountFieldProps {
  readonly label: string;
  readonly value: string;
  readonly onSay: (text: string) => void;
  readonly most: number;
}

export const CountField = ({ label, value, onSay, most }: CountFieldProps): JSX.Element => (
  <label class="field">
    <span>{label}</span>
    <input type="number" min={1} max={most} required value={value} onInput={(event) => onSay(event.currentTarget.value)} />
  </label>
);

interface ChoiceProps<T extends string> {
  readonly label: string;
  readonly value: T;
  readonly choices: readonly (readonly [T, string])[];
  readonly onChoose: (value: T) => void;
}

export const Choice = <T extends string>({ label, value, choices, onChoose }: ChoiceProps<T>): JSX.Element => (
  <label class="field">
    <span>{label}</span>
    <select
      value={value}
      onChange={(event) => {
        const chosen = choices.find(([one]) => one === event.currentTarget.value);
        if (chosen !== undefined) onChoose(chosen[0]);
      }}
    >
      {choices.map(([one, words]) => (
        <option key={one} value={one}>
          {words}
        </option>
      ))}
    </select>
  </label>
);
