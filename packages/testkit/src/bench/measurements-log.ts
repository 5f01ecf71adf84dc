/** One line of the measurements.log that chronyd keeps (chrony.conf(5), `log measurements`); seconds. */
export interface Measurement {
  /** Positive = the client's clock is behind. */
  readonly offset: number;
  readonly delay: number;
  readonly dispersion: number;
  readonly rootDelay: number;
  readonly rootDispersion: number;
  readonly interleaved: boolean;
}

/**
 * `date time address leap stratum tests×3 polls×2 score offset delay dispersion root-delay root-dispersion refid mode tx rx`, with
 * the mode as `4B` or `4I`. Headings, torn lines and lines of another form are left out.
 */
export function parseMeasurements(text: string): Measurement[] {
  return text.split("\n").flatMap((line) => parseLine(line) ?? []);
}

const FIELDS = 18;

function parseLine(line: string): Measurement | null {
  if (!/^\d{4}-\d\d-\d\d /.test(line)) return null;
  const fields = line.trim().split(/\s+/);
  if (fields.length < FIELDS) return null;
  const [offset = Number.NaN, delay = Number.NaN, dispersion = Number.NaN, rootDelay = Number.NaN, rootDispersion = Number.NaN] = fields
    .slice(11, 16)
    .map(Number);
  if (![offset, delay, dispersion, rootDelay, rootDispersion].every(Number.isFinite)) return null;
  return { offset, delay, dispersion, rootDelay, rootDispersion, interleaved: (fields[17] ?? "").endsWith("I") };
}

/** What chronyd itself says that the sample may be off by, s: half the delays and all dispersion (RFC 5905, root distance). */
export const rootDistance = ({ delay, dispersion, rootDelay, rootDispersion }: Measurement): number =>
  (delay + rootDelay) / 2 + dispersion + rootDispersion;
