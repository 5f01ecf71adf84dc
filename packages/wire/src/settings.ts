/** Every TRUEBOUND_ variable that some part of the product reads. One list for all parts: what is meant for another is no mistake. */
export const SETTINGS = [
  "TRUEBOUND_DATA_DIR",
  "TRUEBOUND_HTTP_PORT",
  "TRUEBOUND_HTTP_HOST",
  "TRUEBOUND_HTTP_TLS_CERT_FILE",
  "TRUEBOUND_HTTP_TLS_KEY_FILE",
  "TRUEBOUND_HTTP_TLS_PROXY",
  "TRUEBOUND_PUBLIC_URL",
  "TRUEBOUND_SIGN_IN",
  "TRUEBOUND_OIDC_ISSUER",
  "TRUEBOUND_OIDC_CLIENT_ID",
  "TRUEBOUND_OIDC_CLIENT_SECRET_FILE",
  "TRUEBOUND_OIDC_GROUPS_CLAIM",
  "TRUEBOUND_OIDC_ROLES",
  "TRUEBOUND_OIDC_NAME",
  "TRUEBOUND_DATABASE_URL_FILE",
  "TRUEBOUND_DATABASE_PASSWORD_FILE",
  "TRUEBOUND_LISTEN",
  "TRUEBOUND_AGENT_DATA_DIR",
  "TRUEBOUND_CONFIG_DIR",
  "TRUEBOUND_SERVER_URL",
  "TRUEBOUND_TOKEN_FILE",
  "TRUEBOUND_SERVER_PINS",
  "TRUEBOUND_PROXY",
  "TRUEBOUND_PROXY_CREDENTIALS_FILE",
  "TRUEBOUND_HOST_NAME",
  "TRUEBOUND_LABELS",
  "TRUEBOUND_SOURCES",
  "TRUEBOUND_PROBE_INTERVAL",
  "TRUEBOUND_RHO_PPB",
  "TRUEBOUND_FAULTS",
  "TRUEBOUND_AUTHENTICATED",
  "TRUEBOUND_DECLARED",
  "TRUEBOUND_HARDWARE_STAMPS",
  "TRUEBOUND_NTS_CA_FILE",
  "TRUEBOUND_PEERS",
  "TRUEBOUND_PEER_LISTEN",
  "TRUEBOUND_PEER_ADDRESS",
  "TRUEBOUND_AGENT_HTTP_PORT",
  "TRUEBOUND_AGENT_HTTP_ADDRESS",
  "TRUEBOUND_AGENT_TLS_CERT_FILE",
  "TRUEBOUND_AGENT_TLS_KEY_FILE",
  "TRUEBOUND_AGENT_SOCKET",
  "TRUEBOUND_TEXTFILE",
  "TRUEBOUND_CHRONY_METRICS",
  "TRUEBOUND_SEGMENT",
  "TRUEBOUND_CLOCKBOUND_DIR",
  "TRUEBOUND_CLOCKBOUND_LIMIT",
  "TRUEBOUND_REHEARSALS",
  "TRUEBOUND_LEAP_FILE",
  "TRUEBOUND_TLS_CERT_FILE",
  "TRUEBOUND_TLS_KEY_FILE",
  "TRUEBOUND_TLS_NEXT_KEY_FILE",
  "TRUEBOUND_TLS_PROXY",
  "TRUEBOUND_RECEIPT_KEY_FILE",
  "TRUEBOUND_KEY_DAYS",
  "TRUEBOUND_REPORTS",
  "TRUEBOUND_REPORTS_DIR",
  "TRUEBOUND_ROLLUP_DAYS",
  "TRUEBOUND_ARCHIVE_DIR",
  "TRUEBOUND_ARCHIVE_BUCKET",
  "TRUEBOUND_ARCHIVE_ENDPOINT",
  "TRUEBOUND_ARCHIVE_REGION",
  "TRUEBOUND_ARCHIVE_ADDRESSING",
  "TRUEBOUND_ARCHIVE_ACCESS_KEY_ID_FILE",
  "TRUEBOUND_ARCHIVE_SECRET_ACCESS_KEY_FILE",
  "TRUEBOUND_ARCHIVE_SESSION_TOKEN_FILE",
  "TRUEBOUND_TSA_URL",
  "TRUEBOUND_TSA_URL_FILE",
  "TRUEBOUND_TSA_CA_FILE",
  "TRUEBOUND_TSA_ALLOW_PRIVATE",
  "TRUEBOUND_KUBERNETES_JWKS_FILE",
  "TRUEBOUND_KUBERNETES_ISSUER",
  "TRUEBOUND_KUBERNETES_AUDIENCE",
  "TRUEBOUND_KUBERNETES_SUBJECTS",
  "TRUEBOUND_HOST_LIST_FILE",
  "TRUEBOUND_HOST_LIST_KEY",
  "TRUEBOUND_DEMO_TOKEN_FILE",
  "TRUEBOUND_DEMO_DATA_DIR",
  "TRUEBOUND_TEST_DATABASE_URL",
  "TRUEBOUND_TEST_GPSD",
  "TRUEBOUND_TEST_LINUXPTP",
  "TRUEBOUND_TEST_NTPSEC",
] as const;

/** What is wrong with the names of an environment's TRUEBOUND_ variables, a sentence for each. */
export function settingNameProblems(names: readonly string[]): string[] {
  const known: readonly string[] = SETTINGS;
  const strangers = names.filter((name) => name.startsWith("TRUEBOUND_") && !known.includes(name));
  return [...strangers].sort().map((name) => `Cannot use ${name}: there is no such setting; did you mean ${nearest(name, known)}?`);
}

const LONGEST_WORD = 64;

const SHORTEST_BEGINNING = 3;

/** The known word nearest to a misspelt one, by Levenshtein distance of their beginnings. */
export function nearest(misspelt: string, known: readonly string[]): string {
  const word = misspelt.slice(0, LONGEST_WORD);
  // Whoever writes the beginning of one word only means that one.
  const [begun, another] = word.length < SHORTEST_BEGINNING ? [] : known.filter((one) => one.startsWith(word));
  if (begun !== undefined && another === undefined) return begun;
  return known.reduce((best, next) => (distance(word, next) < distance(word, best) ? next : best));
}

function distance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      const change = (row[j - 1] as number) + (a[i - 1] === b[j - 1] ? 0 : 1);
      next.push(Math.min((row[j] as number) + 1, (next[j - 1] as number) + 1, change));
    }
    row = next;
  }
  return row[b.length] as number;
}
