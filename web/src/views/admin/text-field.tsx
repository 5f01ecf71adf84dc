import type { JSX } from "preact";

interface TextFieldProps {
  readonly label: string;
  readonly value: string;
  readonly onSay: (text: string) => void;
  readonly hint?: string;
  readonly required?: boolean;
  readonly longest?: number;
  /** What is offered to choose from; anything else can be typed. */
  readonly offers?: readonly string[];
  /** How what was typed is read, where that is not to the letter. */
  readonly note?: string | null;
}

export const TextField = ({
  label,
  value,
  onSay,
  hint = "",
  required = false,
  longest = 300,
  offers = [],
  note = null,
}: TextFieldProps): JSX.Element => (
  <label class="field">
    <span>{label}</span>
    <input
      type="text"
      list={offers.length === 0 ? undefined : listOf(label)}
      value={value}
      placeholder={hint}
      required={required}
      maxLength={longest}
      spellcheck={false}
      autocomplete="off"
      onInput={(event) => onSay(event.currentTarget.value)}
    />
    {offers.length > 0 && (
      <datalist id={listOf(label)}>
        {offers.map((one) => (
          <option key={one} value={one} />
        ))}
      </datalist>
    )}
    {note !== null && <span class="field-note">{note}</span>}
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
interface TimeFieldProps {
  readonly label: string;
  /** As the browser has it: `22:00`. */
  readonly value: string;
  readonly onSay: (text: string) => void;
}

/** A time of day. */
export const TimeField = ({ label, value, onSay }: TimeFieldProps): JSX.Element => (
  <label class="field">
    <span>{label}</span>
    <input type="time" value={value} required onInput={(event) => onSay(event.currentTarget.value)} />
  </label>
);

const listOf = (label: string): string => `offers-${label.toLowerCase().replace(/[^a-z0-9]+/g, "-")}`;

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
