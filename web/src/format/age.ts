const MINUTE_S = 60;
const SECONDS_MATTER_S = 600;
const HOUR_S = 3600;
const DAY_S = 86_400;

/** An age, rounded up: nothing is shown fresher than it is. "3 s", "2 min 5 s", "24 min", "4 h 10 min", "3 d 2 h". */
export function ageText(age_ms: number): string {
  const age_s = Math.max(0, Math.ceil(age_ms / 1000));
  if (age_s < MINUTE_S) return `${age_s} s`;
  if (age_s < SECONDS_MATTER_S) return twoParts(age_s, MINUTE_S, "min", 1, "s");
  const age_min = Math.ceil(age_s / MINUTE_S) * MINUTE_S;
  if (age_min < HOUR_S) return `${age_min / MINUTE_S} min`;
  if (age_min < DAY_S) return twoParts(age_min, HOUR_S, "h", MINUTE_S, "min");
  return twoParts(Math.ceil(age_s / HOUR_S) * HOUR_S, DAY_S, "d", HOUR_S, "h");
}

function twoParts(total_s: number, large_s: number, large: string, small_s: number, small: string): string {
  const whole = Math.floor(total_s / large_s);
  const rest = Math.floor((total_s - whole * large_s) / small_s);
  return rest === 0 ? `${whole} ${large}` : `${whole} ${large} ${rest} ${small}`;
}
