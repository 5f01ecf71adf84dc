import { type OptionKinds, type Options, readOptions } from "@truebound/wire";

/** What came of a command line: what it asks for, or what there is to say, and how the program then ends. */
export type Asked<K extends OptionKinds> =
  | { readonly do: "go"; readonly values: Options<K>["values"] }
  | { readonly do: "say"; readonly text: string; readonly exitCode: 0 | 2 };

/** Only options are taken; `--help` says the usage, and what is wrong is said in one line before it. */
export function asked<const K extends OptionKinds>(args: readonly string[], kinds: K, usage: string): Asked<K> {
  if (args.includes("--help") || args.includes("-h")) return { do: "say", text: usage, exitCode: 0 };
  const options = readOptions(args, kinds);
  const [word] = typeof options === "string" ? [] : options.words;
  const wrong = typeof options === "string" ? options : word === undefined ? null : `Cannot take ${word}: only options are taken`;
  if (wrong !== null) return { do: "say", text: `${wrong}\n${usage}`, exitCode: 2 };
  return { do: "go", values: (options as Options<K>).values };
}

/** What this process was asked for. Where that is help, or cannot be taken, it is said and the process ends. */
export function askedFor<const K extends OptionKinds>(kinds: K, usage: string): Options<K>["values"] {
  const one = asked(process.argv.slice(2), kinds, usage);
  return one.do === "go" ? one.values : endSaying(one.text, one.exitCode);
}

/** Says it where it belongs, and ends the process. */
export function endSaying(text: string, exitCode: 0 | 2): never {
  (exitCode === 0 ? process.stdout : process.stderr).write(`${text}\n`);
  process.exit(exitCode);
}

/** A whole number from zero on, or what is wrong in one line. */
export function wholeNumber(option: string, text: string): number | string {
  const count = /^\d{1,15}$/.test(text) ? Number(text) : null;
  return count ?? `Cannot take --${option} ${text}: it is no whole number`;
}
