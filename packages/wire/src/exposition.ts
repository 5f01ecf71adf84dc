/**
 * What a Prometheus server reads, in both of its forms: the text format 0.0.4, and OpenMetrics 1.0 for who asks for it. Only
 * there a sample may carry an exemplar: a reference to the one record that it rests on.
 */
export interface MetricFamily {
  readonly name: string;
  readonly kind: "gauge" | "counter" | "histogram";
  readonly help: string;
}

export interface MetricSample {
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
  /** Of a histogram: which of its series this is. */
  readonly part?: "bucket" | "sum" | "count";
  readonly exemplar?: { readonly labels: Readonly<Record<string, string>>; readonly value: number };
}

export type ExpositionFormat = "text" | "openmetrics";

export const EXPOSITION_TYPES: Readonly<Record<ExpositionFormat, string>> = {
  text: "text/plain; version=0.0.4; charset=utf-8",
  openmetrics: "application/openmetrics-text; version=1.0.0; charset=utf-8",
};

/** By an Accept header. Whoever does not name OpenMetrics gets what everybody reads. */
export const expositionFormat = (accept: string | undefined): ExpositionFormat =>
  /application\/openmetrics-text/i.test(accept ?? "") ? "openmetrics" : "text";

/** The end of a page: OpenMetrics tells a whole one from one that was cut. */
export const expositionEnd = (format: ExpositionFormat): string => (format === "openmetrics" ? "# EOF\n" : "");

/** One family with its samples. What is unknown has none; the family is named all the same. */
export function exposeFamily(family: MetricFamily, samples: readonly MetricSample[], format: ExpositionFormat): string {
  const { name, kind, help } = family;
  // OpenMetrics names a counter without the ending that its samples carry.
  const named = format === "openmetrics" && kind === "counter" ? name.replace(/_total$/, "") : name;
  let text = `# HELP ${named} ${escapeHelp(help, format)}\n# TYPE ${named} ${kind}\n`;
  for (const sample of samples) text += line(name, sample, format);
  return text;
}

function line(name: string, { part, labels, value, exemplar }: MetricSample, format: ExpositionFormat): string {
  const series = `${part === undefined ? name : `${name}_${part}`}${labelsInText(labels)} ${numberInText(value)}`;
  if (exemplar === undefined || format === "text") return `${series}\n`;
  return `${series} # {${pairs(exemplar.labels)}} ${numberInText(exemplar.value)}\n`;
}

function labelsInText(labels: Readonly<Record<string, string>>): string {
  const text = pairs(labels);
  return text === "" ? "" : `{${text}}`;
}

function pairs(labels: Readonly<Record<string, string>>): string {
  let text = "";
  for (const name in labels) text += `${text === "" ? "" : ","}${name}="${escapeLabel(labels[name] as string)}"`;
  return text;
}

const escapeLabel = (text: string): string => (/[\\\n"]/.test(text) ? escapeBackslashAndLine(text).replaceAll('"', '\\"') : text);
const escapeHelp = (text: string, format: ExpositionFormat): string =>
  format === "openmetrics" ? escapeLabel(text) : escapeBackslashAndLine(text);
const escapeBackslashAndLine = (text: string): string => text.replaceAll("\\", "\\\\").replaceAll("\n", "\\n");

function numberInText(value: number): string {
  if (Number.isNaN(value)) return "NaN";
  return Number.isFinite(value) ? String(value) : value > 0 ? "+Inf" : "-Inf";
}
