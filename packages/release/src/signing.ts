import { run } from "./run.ts";

export interface Signing {
  /** A GnuPG home that holds the key; its passphrase is asked for by gpg's own agent. */
  readonly home: string;
  /** The key's fingerprint or address. */
  readonly key: string;
}

/** Signs as if it were a given second, so that who signs the same again makes the same bytes: Ed25519 and RSA add no chance. */
export class Signer {
  readonly #words: readonly string[];
  readonly #key: string;

  /** `epoch`: seconds since 1970 of what is signed. Throws where there is no such key. */
  constructor({ home, key }: Signing, epoch: number) {
    const listed = run("gpg", ["--homedir", home, "--batch", "--with-colons", "--list-secret-keys", key]);
    const at = Math.max(epoch, newestCreation(listed));
    // The digest that current apt, dnf and rpm demand.
    this.#words = ["--homedir", home, "--batch", "--digest-algo", "SHA512", "--faked-system-time", `${at}!`];
    this.#key = key;
  }

  publicKey(): string {
    return this.#gpg(["--armor", "--export", this.#key]);
  }

  /** `file`, and its signature in it, as `to`. */
  clear(file: string, to: string): void {
    this.#gpg(["--clearsign", "--yes", "--output", to, file]);
  }

  /** The signature alone, as `to`. */
  detached(file: string, to: string): void {
    this.#gpg(["--armor", "--detach-sign", "--yes", "--output", to, file]);
  }

  /** Puts the signature into an .rpm. */
  rpm(file: string): void {
    // Distributions disagree on where rpm looks for gpg.
    const macros = {
      __gpg: run("sh", ["-c", "command -v gpg"]).trim(),
      _gpg_name: this.#key,
      _gpg_sign_cmd_extra_args: this.#words.join(" "),
    };
    run("rpmsign", [...Object.entries(macros).flatMap(([name, value]) => ["--define", `${name} ${value}`]), "--addsign", file]);
  }

  #gpg(args: readonly string[]): string {
    return run("gpg", [...this.#words, "--local-user", this.#key, ...args]);
  }
}

/**
 * A signature is not older than its key: when the newest part of it was made, in seconds since 1970, from gpg's list of it. Throws where
 * it cannot sign today: at the time that gpg is told it may, and nobody would take what it signs.
 */
export function newestCreation(colons: string): number {
  const parts = colons.split("\n").map((line) => line.split(":"));
  const keys = parts.filter(([kind]) => kind === "sec" || kind === "ssb");
  const made = keys.map((fields) => Number(fields[5]));
  if (made.length === 0 || !made.every((seconds) => Number.isSafeInteger(seconds) && seconds > 0))
    throw new Error("Cannot tell when the signing key was made: gpg lists none");
  const signing = keys.filter((fields) => fields[11]?.includes("s")).sort((a, b) => Number(b[5]) - Number(a[5]));
  if ([keys[0], signing[0]].some((fields) => FLAWED.test(fields?.[1] ?? "")))
    throw new Error("Cannot sign by this key: it has expired, is revoked, or is disabled; renew it, or name another");
  return Math.max(...made);
}

/** What gpg says of a key's validity: invalid, disabled, revoked, expired. */
const FLAWED = /^[idre]$/;
