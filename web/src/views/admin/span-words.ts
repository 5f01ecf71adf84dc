const MINUTE_S = 60;
const HOUR_S = 3600;

/** Of a span that is left: rounded down, for nothing lasts longer than it says. */
export function leftWords(seconds: number): string {
  if (seconds < MINUTE_S) return `${seconds} s`;
  const [hours, minutes] = [Math.floor(seconds / HOUR_S), Math.floor((seconds % HOUR_S) / MINUTE_S)];
  return hours === 0 ? `${minutes} min` : `${hours} h ${minutes} min`;
}
