import { readFileSync } from "node:fs";
import { certificatesIn, TlsKeyMaker } from "../adapters/nts-key-maker.ts";
import { type Config, ConfigError } from "../config.ts";
import type { KeyMaker } from "../probe/nts-keys.ts";

/** How NTS keys are established here. Throws where the file of authorities holds none. */
export function keyMakerFor({ ntsCaFile }: Pick<Config, "ntsCaFile">): KeyMaker {
  return new TlsKeyMaker(ntsCaFile === null ? {} : { authorities: [authoritiesOf(ntsCaFile)] });
}

/** Why the file cannot be used; null = it can, or none is named. */
export function ntsCaProblem({ ntsCaFile }: Pick<Config, "ntsCaFile">): string | null {
  try {
    if (ntsCaFile !== null) authoritiesOf(ntsCaFile);
    return null;
  } catch (error) {
    return (error as Error).message;
  }
}

function authoritiesOf(path: string): string {
  const pem = read(path);
  if (certificatesIn(pem).length === 0) throw new ConfigError(`Cannot use TRUEBOUND_NTS_CA_FILE=${path}: it holds no certificate (PEM)`);
  return pem;
}

function read(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch (error) {
    throw new ConfigError(`Cannot use TRUEBOUND_NTS_CA_FILE=${path}: ${(error as Error).message}`);
  }
}
