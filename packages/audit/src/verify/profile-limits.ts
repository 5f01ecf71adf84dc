/** The limit on the divergence, of a profile as a manifest prints it; null = it is none that a report can use. */
export function limitsOf({ limit_ns }: Readonly<Record<string, unknown>>): readonly [string, string] | null {
  if (typeof limit_ns === "string" && /^[1-9]\d{0,29}$/.test(limit_ns)) return [`-${limit_ns}`, limit_ns];
  if (!Array.isArray(limit_ns) || limit_ns.length !== 2) return null;
  const [min, max] = limit_ns as unknown[];
  return isNs(min) && isNs(max) && BigInt(min) <= BigInt(max) ? [min, max] : null;
}

const isNs = (value: unknown): value is string => typeof value === "string" && /^(0|-?[1-9]\d{0,29})$/.test(value);
