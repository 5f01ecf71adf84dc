/** A shorter piece of an address is in too many words to be hidden, and too short to be a secret. */
const LEAST_PIECE = 6;

/**
 * A receiver may say back what it was told; no error may. To be used on its words as they came: of a secret that was cut already a
 * piece would stay.
 */
export function withoutSecrets(text: string, secrets: readonly string[]): string {
  const forms = [...new Set(secrets.flatMap(formsOf))].filter((form) => form !== "").sort((a, b) => b.length - a.length);
  return forms.length === 0 ? text : text.replace(new RegExp(forms.map(literal).join("|"), "gi"), "***");
}

const literal = (text: string): string => text.replace(/[\\^$.*+?()[\]{}|/-]/g, "\\$&");

/** A secret, and what of it is as good: an address that leads somewhere is one in its parts, too. */
const formsOf = (secret: string): string[] => [
  ...encoded(secret),
  ...(/^https?:/i.test(secret) && URL.canParse(secret) ? partsOf(secret) : []),
];

/** As mail and basic authentication send it, and as it stands in a query. */
const encoded = (secret: string): string[] => [secret, base64(secret), encodeURIComponent(secret), JSON.stringify(secret).slice(1, -1)];

const base64 = (text: string): string => Buffer.from(text).toString("base64").replace(/=+$/, "");

function partsOf(secret: string): string[] {
  const url = new URL(secret);
  const [user, password] = [url.username, url.password].map(decoded) as [string, string];
  const pieces = [...url.pathname.split("/"), ...url.search.slice(1).split(/[&=]/), url.hash.slice(1)];
  const paths = [url.pathname + url.search, url.pathname].filter((path) => path.length > 1);
  return [
    url.href,
    ...[...paths, ...pieces.filter((piece) => decoded(piece).length >= LEAST_PIECE)].flatMap((piece) => [piece, decoded(piece)]),
    ...[url.username, url.password].flatMap((piece) => [piece, decoded(piece)]),
    ...(user === "" && password === "" ? [] : [base64(`${user}:${password}`)]),
  ];
}

/** A percent sign may stand for itself. */
function decoded(piece: string): string {
  try {
    return decodeURIComponent(piece);
  } catch {
    return piece;
  }
}
