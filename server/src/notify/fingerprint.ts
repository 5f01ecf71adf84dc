const OFFSET = 14_695_981_039_346_656_037n;
const PRIME = 1_099_511_628_211n;
const SEPARATOR = 255;

/** By which an Alertmanager knows an alert: FNV-1a, 64 bits, over its labels in the order of their names. */
export function fingerprint(labels: Readonly<Record<string, string>>): string {
  const encoder = new TextEncoder();
  let sum = OFFSET;
  const add = (byte: number) => {
    sum = BigInt.asUintN(64, (sum ^ BigInt(byte)) * PRIME);
  };
  for (const name of Object.keys(labels).sort()) {
    for (const part of [name, labels[name] ?? ""]) {
      for (const byte of encoder.encode(part)) add(byte);
      add(SEPARATOR);
    }
  }
  return sum.toString(16).padStart(16, "0");
}
