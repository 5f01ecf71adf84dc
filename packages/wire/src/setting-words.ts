import type { SETTINGS } from "./settings.ts";

/** Names that other programs use too, and so have no prefix. */
export const PLAIN_SETTINGS = ["DATABASE_URL", "MIGRATE_ON_START"] as const;

export type Setting = (typeof SETTINGS)[number] | (typeof PLAIN_SETTINGS)[number];

export interface SettingWords {
  readonly group: SettingGroup;
  /** Who reads it. `truebound up` gives its agent what that reads. */
  readonly reads: "server" | "agent" | "both";
  /** What a value looks like. */
  readonly form: string;
  /** The value that it has when nothing is set, as it would be written; null = there is none, or it depends: `otherwise` says on what. */
  readonly default: string | null;
  readonly otherwise: string;
  readonly says: string;
}

export const SETTING_GROUPS = [
  "Database and data",
  "The page and its API",
  "Sign-in by a provider",
  "Where agents report",
  "Who comes in without a join token",
  "Evidence, archive and reports",
  "The evidence log's authority",
  "The agent and its server",
  "What the agent measures",
  "Peers",
  "What the agent tells on its own machine",
] as const;
export type SettingGroup = (typeof SETTING_GROUPS)[number];

const FILE = "absolute path";
const FLAG = "`1` or `0`";
const words =
  (group: SettingGroup, reads: SettingWords["reads"]) =>
  (form: string, otherwise: string, says: string, value: string | null = null): SettingWords => ({
    group,
    reads,
    form,
    default: value,
    otherwise,
    says,
  });
const database = words("Database and data", "server");
const page = words("The page and its API", "server");
const provider = words("Sign-in by a provider", "server");
const listener = words("Where agents report", "server");
const joining = words("Who comes in without a join token", "server");
const evidence = words("Evidence, archive and reports", "server");
const authority = words("The evidence log's authority", "server");
const agent = words("The agent and its server", "agent");
const measuring = words("What the agent measures", "agent");
const peers = words("Peers", "agent");
const telling = words("What the agent tells on its own machine", "agent");

/** What each setting is, in the order in which a reader meets them; null = it is for tests and for the demo's own parts. */
export const SETTING_WORDS: Readonly<Record<Setting, SettingWords | null>> = {
  DATABASE_URL: database(
    "`postgres://user@host:port/database`",
    "`truebound up`: an embedded PostgreSQL 18; else it is needed",
    "any PostgreSQL from 15",
  ),
  TRUEBOUND_DATABASE_URL_FILE: database(FILE, "none", "a file that holds `DATABASE_URL`, in its place"),
  TRUEBOUND_DATABASE_PASSWORD_FILE: database(
    FILE,
    "none",
    "a file that holds the password of `DATABASE_URL`, which then names a user and no password",
  ),
  MIGRATE_ON_START: database(
    FLAG,
    "`0`",
    "1: `truebound serve` brings an older schema up to its own first ([upgrade.md](upgrade.md))",
    "0",
  ),
  TRUEBOUND_DATA_DIR: {
    ...database(
      FILE,
      "`~/.local/state/truebound` (or below `XDG_STATE_HOME`); as root `/var/lib/truebound`",
      "all state: keys, reports, the embedded PostgreSQL, and the agent of `truebound up`",
    ),
    reads: "both",
  },
  TRUEBOUND_HTTP_PORT: page("port", "`8123`", "port of the page and its API", "8123"),
  TRUEBOUND_HTTP_HOST: page(
    "address",
    "`127.0.0.1`",
    "address of that listener; off the loopback it needs TLS, sign-in and `TRUEBOUND_PUBLIC_URL` ([sign-in.md](sign-in.md))",
    "127.0.0.1",
  ),
  TRUEBOUND_HTTP_TLS_CERT_FILE: page(FILE, "none", "its certificate chain (PEM), read at the start; with the key, or neither"),
  TRUEBOUND_HTTP_TLS_KEY_FILE: page(FILE, "none", "its key (PEM)"),
  TRUEBOUND_HTTP_TLS_PROXY: page(FLAG, "`0`", "1: a proxy terminates TLS before it, and sets `X-Forwarded-For`", "0"),
  TRUEBOUND_PUBLIC_URL: page(
    "`https://host`, without a path",
    "none",
    "the address by which people come; a request for another host is refused",
  ),
  TRUEBOUND_SIGN_IN: page("`on` or `off`", "`off` on the loopback, else `on`", "whether people sign in; `off` is refused off the loopback"),
  TRUEBOUND_OIDC_ISSUER: provider(
    "`https://…`, or the loopback",
    "none",
    "the provider of OpenID Connect; with client and roles, or none of them",
  ),
  TRUEBOUND_OIDC_CLIENT_ID: provider("text", "none", "this server as a client there"),
  TRUEBOUND_OIDC_CLIENT_SECRET_FILE: provider(FILE, "none: PKCE alone", "the client's secret, read anew each time"),
  TRUEBOUND_OIDC_ROLES: provider(
    "`group=role`, comma-separated",
    "none",
    "what the provider's groups may do: `viewer`, `operator`, `auditor` or `admin`",
  ),
  TRUEBOUND_OIDC_GROUPS_CLAIM: provider("name", "`groups`", "the claim that lists groups", "groups"),
  TRUEBOUND_OIDC_NAME: provider("text", "host of the issuer", "what the button says"),
  TRUEBOUND_LISTEN: listener(
    "`host:port` or `[v6]:port`",
    "`127.0.0.1:8125`",
    "where agents report; off the loopback it needs TLS",
    "127.0.0.1:8125",
  ),
  TRUEBOUND_TLS_CERT_FILE: listener(FILE, "none", "certificate chain (PEM) of that listener, read at the start; with the key, or neither"),
  TRUEBOUND_TLS_KEY_FILE: listener(FILE, "none", "its key (PEM)"),
  TRUEBOUND_TLS_NEXT_KEY_FILE: listener(FILE, "none", "the key that will follow, so that agents know it before it is in use"),
  TRUEBOUND_TLS_PROXY: listener(FLAG, "`0`", "1: a proxy terminates TLS before `TRUEBOUND_LISTEN`", "0"),
  TRUEBOUND_RECEIPT_KEY_FILE: listener(
    FILE,
    "`receipt-key.pem` in the data folder",
    "the Ed25519 key by which the server signs what it confirms; made on first use. Back it up ([backup.md](backup.md))",
  ),
  TRUEBOUND_KEY_DAYS: listener("0 to 3650", "`90`", "days after which an agent makes itself another key; 0 = never for its age", "90"),
  TRUEBOUND_KUBERNETES_JWKS_FILE: joining(
    FILE,
    "none",
    "a cluster's keys, read anew when they change; with issuer and subjects, or none of them",
  ),
  TRUEBOUND_KUBERNETES_ISSUER: joining("text", "none", "the issuer of its service account tokens"),
  TRUEBOUND_KUBERNETES_SUBJECTS: joining(
    "`system:serviceaccount:NAMESPACE:NAME`, comma-separated; `*` for any run of characters",
    "none",
    "the service accounts whose pods may join",
  ),
  TRUEBOUND_KUBERNETES_AUDIENCE: joining("text", "`truebound`", "the audience that such a token must name", "truebound"),
  TRUEBOUND_HOST_LIST_FILE: joining(
    FILE,
    "none",
    "hosts that may join without a token; with the key, or neither (`truebound host-list --help`)",
  ),
  TRUEBOUND_HOST_LIST_KEY: joining("43 characters of base64url", "none", "the public key that signed the list"),
  TRUEBOUND_ROLLUP_DAYS: evidence(
    "1 to 36500",
    "`400`",
    "days for which a host's minutes and events are kept; batches go by the rules of `truebound evidence`",
    "400",
  ),
  TRUEBOUND_ARCHIVE_DIR: evidence(
    FILE,
    "none: what is past its age goes",
    "a directory into which batches move that are past their age, and from which they are still answered ([archive.md](archive.md))",
  ),
  TRUEBOUND_ARCHIVE_BUCKET: evidence("`s3://bucket/prefix`", "none", "a bucket instead, of a store that speaks S3"),
  TRUEBOUND_ARCHIVE_ENDPOINT: evidence(
    "`https://host:port`",
    "that of AWS in the region",
    "where the store answers; plain HTTP on the loopback only",
  ),
  TRUEBOUND_ARCHIVE_REGION: evidence("region", "`AWS_REGION`, `AWS_DEFAULT_REGION`, else `us-east-1` with an endpoint", "its region"),
  TRUEBOUND_ARCHIVE_ADDRESSING: evidence("`path` or `host`", "`path` with an endpoint, else `host`", "where the bucket stands in a URL"),
  TRUEBOUND_ARCHIVE_ACCESS_KEY_ID_FILE: evidence(
    FILE,
    "`AWS_ACCESS_KEY_ID`",
    "the credentials' id, read with each request; with the secret, or neither",
  ),
  TRUEBOUND_ARCHIVE_SECRET_ACCESS_KEY_FILE: evidence(FILE, "`AWS_SECRET_ACCESS_KEY`", "their secret"),
  TRUEBOUND_ARCHIVE_SESSION_TOKEN_FILE: evidence(FILE, "`AWS_SESSION_TOKEN`", "their session's token, where there is one"),
  TRUEBOUND_REPORTS: evidence(
    "`daily`, `weekly`, `monthly`, comma-separated",
    "none",
    "audit reports that are made of themselves, of the declared scopes, an hour after the period ([reports.md](reports.md))",
    "",
  ),
  TRUEBOUND_REPORTS_DIR: evidence(FILE, "`reports` in the data folder", "where reports are written that a schedule or the API asks for"),
  TRUEBOUND_LEAP_FILE: evidence(
    FILE,
    "the leap list that came with this version",
    "a newer `leap-seconds.list`; hash-checked, looked at every minute, sent to agents with their policy",
  ),
  TRUEBOUND_TSA_URL: authority(
    "`http://…` or `https://…`",
    "none",
    "a time-stamping authority (RFC 3161) that stamps a head of the log at most once an hour ([log.md](log.md))",
  ),
  TRUEBOUND_TSA_URL_FILE: authority(FILE, "none", "a file that holds it, in its place: an address may hold a password"),
  TRUEBOUND_TSA_CA_FILE: authority(FILE, "none", "who vouches for it (PEM)"),
  TRUEBOUND_TSA_ALLOW_PRIVATE: authority(FLAG, "`0`", "1: its address is not public", "0"),
  TRUEBOUND_SERVER_URL: agent(
    "`https://host:8125`; plain HTTP on the loopback only",
    "what it enrolled at, or what its join token names",
    "where to report",
  ),
  TRUEBOUND_TOKEN_FILE: agent(
    "path",
    "none",
    "a join token, or a Kubernetes service account token, that lets in a host that is not enrolled yet; a join token's file is removed then",
  ),
  TRUEBOUND_SERVER_PINS: agent(
    "43 characters of base64url each, comma-separated",
    "those of the join token",
    "pins of the server's TLS key, where no join token names them; where one did they count too, until the server's first signed reply",
  ),
  TRUEBOUND_PROXY: agent(
    "`http://HOST:PORT`, or `none`",
    "`HTTPS_PROXY`, as `NO_PROXY` has it; else none",
    "a proxy that speaks HTTP CONNECT, through which the server is reached ([install.md](install.md#through-a-proxy))",
  ),
  TRUEBOUND_PROXY_CREDENTIALS_FILE: agent(
    "path",
    "none",
    "a file with the one line `user:password` for that proxy, read whenever it is dialled",
  ),
  TRUEBOUND_HOST_NAME: agent("1 to 255 printable characters", "the machine's name", "the name that this host enrols with"),
  TRUEBOUND_LABELS: agent("`site=a,rack=7`", "none", "the labels that it enrols with", ""),
  TRUEBOUND_CONFIG_DIR: agent(
    "path",
    "none; packages: `/etc/truebound-agent`",
    "a folder with `agent.yaml` and `agent.d/*.yaml`, which set what variables do not; a variable alone",
  ),
  TRUEBOUND_AGENT_DATA_DIR: agent("path", "`agent` in `TRUEBOUND_DATA_DIR`", "the agent's identity, spool and state"),
  TRUEBOUND_SOURCES: measuring(
    "`host`, `host:port` or `[v6]:port`, and behind it `nts` or `nts=required`, `ke=PORT` and `pin=sha256/BASE64` ([nts.md](nts.md)), `root_rounding=up`, and what is declared of it ([declared.md](declared.md)); or `KIND:PLACE` and options ([external-evidence.md](external-evidence.md)); comma-separated, 31 at most",
    "those of chrony, ntpd or timesyncd, else the cloud's link-local service, else four names of the public pool; also beside sources of other kinds, where no NTP server is named",
    "the sources of time",
  ),
  TRUEBOUND_PROBE_INTERVAL: measuring(
    "`1s` to `1h`",
    "the policy's, else `16s`",
    "time between two polls of a source; floors: pool 64 s, discovered 16 s, named by you 1 s",
  ),
  TRUEBOUND_RHO_PPB: measuring(
    "1000 to 1000000",
    "the policy's",
    "the drift that is assumed of this host's oscillator, parts in 10⁹ ([assumptions.md](assumptions.md))",
  ),
  TRUEBOUND_FAULTS: measuring("0 to 10", "the policy's", "F: how many independent votes may lie"),
  TRUEBOUND_AUTHENTICATED: measuring(
    "`required`",
    "the policy's",
    "`required`: only sources that are authenticated by NTS count for the guaranteed bound ([nts.md](nts.md))",
  ),
  TRUEBOUND_DECLARED: measuring(
    "`external:gps`, ids of sources of the kinds ptp, phc and external; comma-separated, 16 at most",
    "none beside those of the policy",
    "sources that count for the guaranteed bound though their error is declared and not measured ([external-evidence.md](external-evidence.md))",
  ),
  TRUEBOUND_HARDWARE_STAMPS: measuring(
    "`auto` or `off`",
    "`auto`",
    "`auto`: where a network card stamps packets of NTP already, its stamps are taken ([hardware-stamps.md](hardware-stamps.md)); `off`: the kernel's alone. No card is ever set",
    "auto",
  ),
  TRUEBOUND_NTS_CA_FILE: measuring(FILE, "none", "authorities for NTS (PEM), trusted beside the public ones; read at the start"),
  TRUEBOUND_REHEARSALS: measuring(
    FLAG,
    "`0`",
    "1 lets `truebound rehearse` put a declared fault into what this host measures, for a while ([rehearsals.md](rehearsals.md))",
    "0",
  ),
  TRUEBOUND_PEERS: peers(
    "`on` or `off`",
    "`on`",
    "`off`: this host answers no peers, and asks none, whatever the policy says. On alone puts no host into a mesh; a policy does",
    "on",
  ),
  TRUEBOUND_PEER_LISTEN: peers(
    "`ADDRESS:PORT` or `[v6]:PORT`",
    "every address, at the port of the policy's mesh",
    "where this host answers the NTP requests of its peers ([peers.md](peers.md))",
  ),
  TRUEBOUND_PEER_ADDRESS: peers(
    "`ADDRESS`, or with `:PORT`",
    "where its reports come from",
    "the address at which peers find this host, as behind NAT",
  ),
  TRUEBOUND_AGENT_HTTP_PORT: telling(
    "port; 0 = nowhere",
    "`8124`",
    "where the agent serves its own `/now`, `/status` and `/metrics` ([local.md](local.md), [metrics.md](metrics.md))",
    "8124",
  ),
  TRUEBOUND_AGENT_HTTP_ADDRESS: telling("address", "`127.0.0.1`", "address of that; others than the loopback only with TLS", "127.0.0.1"),
  TRUEBOUND_AGENT_TLS_CERT_FILE: telling(FILE, "none", "its certificate chain (PEM), read at the start; with the key, or neither"),
  TRUEBOUND_AGENT_TLS_KEY_FILE: telling(FILE, "none", "its key (PEM)"),
  TRUEBOUND_AGENT_SOCKET: telling("absolute path", "none", "a Unix socket that answers the same, for containers that share its folder"),
  TRUEBOUND_TEXTFILE: telling("path that ends in `.prom`", "none", "a file that holds the same for node_exporter's textfile collector"),
  TRUEBOUND_CHRONY_METRICS: telling(
    FLAG,
    "`0`",
    "1: chronyd's own figures too, by chrony_exporter's names ([migrate-from-chrony-exporter.md](migrate-from-chrony-exporter.md))",
    "0",
  ),
  TRUEBOUND_SEGMENT: telling(
    "absolute path, or `none`",
    "`segment` in the folder that systemd makes for the agent, as `/run/truebound-agent/segment`; else none",
    "the file by which applications on this host read its bound ([applications.md](applications.md)); put it on a tmpfs",
  ),
  TRUEBOUND_CLOCKBOUND_DIR: telling(
    "absolute path",
    "none",
    "a folder in which the same is told to clients of ClockBound, as `shm` and `shm0` ([applications.md](applications.md#clockbound))",
  ),
  TRUEBOUND_CLOCKBOUND_LIMIT: telling(
    "time with its unit, from `1us` to `1s`",
    "none",
    "up to this error they are told *synchronized* in holdover too; without it, *free running*",
  ),
  TRUEBOUND_DEMO_TOKEN_FILE: null,
  TRUEBOUND_DEMO_DATA_DIR: null,
  TRUEBOUND_TEST_DATABASE_URL: null,
  TRUEBOUND_TEST_GPSD: null,
  TRUEBOUND_TEST_LINUXPTP: null,
  TRUEBOUND_TEST_NTPSEC: null,
};
