import type pg from "pg";
import { SignIn } from "../access/sign-in.ts";
import { nodeCrypto } from "../adapters/crypto/node-crypto.ts";
import { passwordCrypto } from "../adapters/crypto/password-crypto.ts";
import type { AccessPorts } from "../adapters/http/access.ts";
import type { AccessHandlerPorts } from "../adapters/http/access-handlers.ts";
import { oidcProvider } from "../adapters/oidc-provider.ts";
import { actionBook } from "../adapters/postgres/access/action-book.ts";
import { peopleStore } from "../adapters/postgres/access/people-store.ts";
import { sessionStore } from "../adapters/postgres/access/session-store.ts";
import type { FleetWatcher } from "../fleet/watcher.ts";
import type { Log } from "../log.ts";
import type { PeopleSettings } from "../people-settings.ts";

export interface AccessOptions {
  readonly pool: pg.Pool;
  readonly watcher: FleetWatcher;
  readonly settings: Pick<PeopleSettings, "signIn" | "tlsProxy" | "oidc">;
  readonly publicUrl: () => string;
  readonly log: Log;
}

/** Joins who may do what: sign-in, sessions, tokens, and the book of what was done. */
export function joinAccess({ pool, watcher, settings, publicUrl, log }: AccessOptions): AccessPorts & AccessHandlerPorts {
  const crypto = { ...nodeCrypto, ...passwordCrypto() };
  const [sessions, actions] = [sessionStore(pool), actionBook(pool)];
  return {
    store: sessions,
    sessions,
    actions,
    crypto,
    isOn: settings.signIn,
    behindProxy: settings.tlsProxy,
    labelsOf: (host) => watcher.labelsOf(host),
    signIn: new SignIn({ store: sessions, crypto, now: () => performance.now() }),
    people: { store: peopleStore(pool), actions, crypto, publicUrl },
    provider: settings.oidc && {
      settings: settings.oidc,
      provider: oidcProvider(settings.oidc, () => `${publicUrl()}/api/v1/sign-in/oidc/return`, log),
    },
    log,
  };
}
