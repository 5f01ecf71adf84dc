/**
 * An address that a host says of itself, in the one way in which it is written here; null = it is none by which one host is reached: a
 * name, on which those who measure it would ask whatever name server that leads to, or an address of all hosts, of many, or of
 * whoever asks. An IPv4 address in IPv6's clothes is that address.
 */
export function numericAddress(text: string): string | null {
  const address = text.includes(":") ? sixOf(text) : text;
  if (address === null) return null;
  return address.includes(":") ? (isOneSix(address) ? address : null) : isOneFour(address) ? address : null;
}

/** The shortest form (RFC 5952), which the parser of URLs gives. */
function sixOf(text: string): string | null {
  const url = `http://[${text}]/`;
  if (!/^[0-9a-fA-F:.]+$/.test(text) || !URL.canParse(url)) return null;
  const address = new URL(url).hostname.slice(1, -1);
  const mapped = /^::ffff:([0-9a-f]+):([0-9a-f]+)$/.exec(address)?.slice(1);
  if (mapped === undefined) return address;
  return mapped
    .map((group) => Number.parseInt(group, 16))
    .flatMap((group) => [group >> 8, group & 255])
    .join(".");
}

const isOneSix = (address: string): boolean => address !== "::" && !address.startsWith("ff");

const FIRST_OF_MANY = 224;

function isOneFour(address: string): boolean {
  const bytes = /^(\d{1,3})\.(\d{1,3})\.(\d{1,3})\.(\d{1,3})$/.exec(address)?.slice(1).map(Number);
  if (bytes === undefined || bytes.join(".") !== address || bytes.some((byte) => byte > 255)) return false;
  const [first = 0] = bytes;
  return first > 0 && first < FIRST_OF_MANY;
}
