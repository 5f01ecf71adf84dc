/** What each command says to --help: options with their defaults, settings, an example. */
const DATABASE = `  DATABASE_URL             any PostgreSQL from 15; or TRUEBOUND_DATABASE_URL_FILE, a file that holds it`;
const OR_RUNNING = `${DATABASE}; without it the database of the Truebound that runs on this machine with its data in
  TRUEBOUND_DATA_DIR       ~/.local/state/truebound; as root /var/lib/truebound`;
const SERVING = `  TRUEBOUND_HTTP_PORT      8123: the page and its API
  TRUEBOUND_HTTP_HOST      127.0.0.1; elsewhere it needs TLS, sign-in and TRUEBOUND_PUBLIC_URL (docs/sign-in.md)
  TRUEBOUND_LISTEN         127.0.0.1:8125: where agents report; off the loopback it needs TLS
  TRUEBOUND_DATA_DIR       ~/.local/state/truebound; as root /var/lib/truebound
  TRUEBOUND_TLS_CERT_FILE, TRUEBOUND_TLS_KEY_FILE   none: certificate chain and key (PEM) of TRUEBOUND_LISTEN
  TRUEBOUND_ROLLUP_DAYS    400: days for which minutes and events are kept
  TRUEBOUND_REPORTS        none: daily, weekly, monthly, comma-separated: reports that are made of themselves, of the declared scopes
  TRUEBOUND_REPORTS_DIR    reports in the data folder: where reports are written
  TRUEBOUND_ARCHIVE_DIR    none: where batches move that are past their age; or TRUEBOUND_ARCHIVE_BUCKET (docs/archive.md)
  TRUEBOUND_TSA_URL        none: an authority that stamps heads of the log (docs/log.md)
  docs/configuration.md lists the others: keys, Kubernetes, listed hosts, leap list`;

export const UP_USAGE = `usage: truebound up [--demo]
  Database, server, page, and an agent that measures this host. Ctrl-C stops all of it; the data stay.
  --demo                   a fleet of simulated hosts with known faults too (off)
settings:
  DATABASE_URL             an embedded PostgreSQL without it
${SERVING}
  TRUEBOUND_SOURCES        what this host already uses: NTP sources, host, host:port or [v6]:port, comma-separated
example: TRUEBOUND_SOURCES=ntp1.example.net,ntp2.example.net truebound up`;

export const SERVE_USAGE = `usage: truebound serve
  The server alone: agents' listener, page and API. The schema must be there: truebound migrate.
  A newer schema than this version knows is refused, and an older one, unless MIGRATE_ON_START says to bring it up.
settings:
${DATABASE}; needed
  MIGRATE_ON_START         0: 1 = as truebound migrate first; of several servers one does it, and the others wait
${SERVING}
example: DATABASE_URL=postgres://truebound:secret@db.example.net/truebound truebound serve`;

export const MIGRATE_USAGE = `usage: truebound migrate [--distribute citus]
  Brings the schema up to this version; harmless when it is there already.
  --distribute citus       spreads the tables by host over the nodes of a Citus (off)
settings:
${DATABASE}; needed
example: DATABASE_URL=postgres://truebound:secret@db.example.net/truebound truebound migrate`;

export const REBUILD_USAGE = `usage: truebound rebuild [--host HOST] [--check]
  Derives each host's minutes, events and state anew from its evidence, compares, and replaces what differs. Ingest may go on.
  --host HOST              one host, by its id or name (all)
  --check                  changes nothing (off)
  What was interrupted goes on where it was. Exit 0 when all was equal, 1 when something was not.
settings:
${OR_RUNNING}
example: truebound rebuild --host db-1 --check`;

export const EXPLAIN_USAGE = `usage: truebound explain bound|peers|audit FILE|-
  Recomputes a recorded case (docs/explain.md) in exact arithmetic, and prints the answer as JSON. - is standard input.
  bound                    from exchanges with sources to the bound of a host
  peers                    from differences between clocks to the bounds of all, or to who cannot be right
  audit                    from samples, spans and a limit to what is proved of every nanosecond (tb-audit/1)
settings: none
example: truebound explain bound case.json`;

export const HOST_LIST_USAGE = `usage: truebound host-list sign FILE --key KEYFILE
  Signs a list of hosts that come in without a token, and prints it: put it where TRUEBOUND_HOST_LIST_FILE says, and set
  TRUEBOUND_HOST_LIST_KEY to the public key that is printed beside it. The server reads the file anew when it changes.
  FILE is JSON: {"version":1,"hosts":[{"name":"web-1","public_key":"…","labels":{}}]}; truebound-agent key, on a host, prints
  its public key.
  --key KEYFILE            an Ed25519 key, needed: openssl genpkey -algorithm ed25519 -out KEYFILE
  A host that is taken off the list stays what it is: truebound host revoke NAME refuses it.
settings: none
example: truebound host-list sign hosts.json --key operator.pem > hosts.signed.json`;

export const VERSION_USAGE = `usage: truebound version
  Prints the version.
settings: none
example: truebound version`;

/** Of commands that reach the database by themselves. */
export const ADMIN_SETTINGS = `settings:
${OR_RUNNING}`;
