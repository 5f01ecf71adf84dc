import { SETTING_WORDS } from "@truebound/wire";
import type { Environment } from "../config.ts";

/** Never told, whoever asks: what they hold opens something. */
const SECRET = new Set(["DATABASE_URL", "TRUEBOUND_TSA_URL", "AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN"]);
/** Other programs' names that count here too. */
const OTHERS = ["AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN", "AWS_REGION", "AWS_DEFAULT_REGION", "XDG_STATE_HOME"];
/** Values that can name nobody: numbers, durations and the few words that settings take. */
const PLAIN =
  /^(\d{1,9}|\d+(\.\d+)?(ms|s|m|h)|on|off|path|host|((daily|weekly|monthly)(,|$))+|127\.0\.0\.1(:\d+)?|0\.0\.0\.0(:\d+)?|::|\[::1?\]:\d+)$/;

/** Each setting that is set, as far as it may be told: its value, or that there is one. What is not ours is not mentioned. */
export function toldSettings(environment: Environment, withNames: boolean): Record<string, string> {
  const names = [...Object.keys(SETTING_WORDS), ...OTHERS].filter((name) => environment[name]);
  return Object.fromEntries(names.map((name) => [name, toldValue(name, environment[name] ?? "", withNames)]));
}

function toldValue(name: string, value: string, withNames: boolean): string {
  if (SECRET.has(name)) return `(set; ${addressOf(value, withNames) ?? "a secret"})`;
  if (withNames || PLAIN.test(value)) return value;
  return value.startsWith("/") ? "(set; a path)" : "(set)";
}

/** An address without who asks there and by what. */
function addressOf(value: string, withNames: boolean): string | null {
  // A password with a slash in it that nobody escaped ends up as host, port and path.
  if (!URL.canParse(value) || new URL(value).pathname.includes("@")) return null;
  const { protocol, host, port, pathname } = new URL(value);
  return withNames ? `${protocol}//${host}${pathname}` : `${protocol}//…${port === "" ? "" : `:${port}`}`;
}
