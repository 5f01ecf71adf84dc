/** What a person can tell one of the agent's commands, as `--help` says it. */
export interface CommandHelp {
  readonly usage: string;
  /** In the list of all commands. */
  readonly summary: string;
  readonly does: string;
  /** Each with its meaning and default. */
  readonly options: Readonly<Record<string, string>>;
  readonly settings: readonly SettingName[];
  readonly example: string;
  readonly exit: string;
}

/** The settings that agents read; which of them a command heeds it says itself. */
export const SETTING_HELP = {
  TRUEBOUND_CONFIG_DIR: "a folder with agent.yaml and agent.d/*.yaml, which set what no variable does; default: no files are read",
  TRUEBOUND_DATA_DIR: "all state; default /var/lib/truebound as root, else ~/.local/state/truebound; the agent's own is agent in it",
  TRUEBOUND_AGENT_DATA_DIR: "the agent's own folder, where it is to lie elsewhere",
  TRUEBOUND_SERVER_URL: "where to report, https://HOST:8125; default: where this host enrolled",
  TRUEBOUND_TOKEN_FILE: "what lets this host in, while it is not enrolled; default: nothing",
  TRUEBOUND_SERVER_PINS:
    "pins of the server's TLS key, comma-separated; default: those of the join token, else an authority vouches for it",
  TRUEBOUND_PROXY:
    "a proxy by HTTP CONNECT on the way to the server, http://HOST:PORT, or none; default: HTTPS_PROXY as NO_PROXY has it, else none",
  TRUEBOUND_PROXY_CREDENTIALS_FILE: "a file with user:password for that proxy; default: none",
  TRUEBOUND_HOST_NAME: "the name that this host enrols with; default: the machine's",
  TRUEBOUND_LABELS: "labels that it enrols with, NAME=VALUE,…; default: none",
  TRUEBOUND_SOURCES:
    "NTP sources, HOST[:PORT],…, and behind one nts or nts=required, ke=PORT, pin=sha256/BASE64, root_rounding=up, or a declaration of its root; or KIND:PLACE, as external:/run/gps.sock; default: those that this host already uses, else the public pool",
  TRUEBOUND_PROBE_INTERVAL: "time between two polls of a source, 1s to 3600s; default: by policy, 16s",
  TRUEBOUND_RHO_PPB: "how fast the oscillator may stray, 1000 to 1000000 ppb; default: by policy, 200000",
  TRUEBOUND_FAULTS: "how many independent sources may lie, 0 to 10; default: by policy, 1, and 0 of fewer than three",
  TRUEBOUND_AUTHENTICATED: "required: only sources authenticated by NTS count for the guaranteed bound; default: by policy, all do",
  TRUEBOUND_DECLARED:
    "sources of the kinds ptp, phc and external, by id, that count for the guaranteed bound though their error is only declared; default: those of the policy",
  TRUEBOUND_HARDWARE_STAMPS: "off: no network card's stamps are taken; default auto: where a card stamps packets of NTP already, its are",
  TRUEBOUND_NTS_CA_FILE: "authorities for NTS (PEM), trusted beside the public ones, read at the start; default: those alone",
  TRUEBOUND_REHEARSALS: "1: faults may be rehearsed in what this host measures (truebound rehearse); default: 0, they may not",
  TRUEBOUND_PEERS: "off: this host answers no peers, and asks none, whatever the policy says; default: as the policy says",
  TRUEBOUND_PEER_LISTEN: "where it answers peers, ADDRESS:PORT; default: on every address, at the port of the policy's mesh",
  TRUEBOUND_PEER_ADDRESS: "where peers find it, ADDRESS[:PORT], as behind NAT; default: where its reports come from",
  TRUEBOUND_AGENT_HTTP_PORT: "port of this host's own /now, /status and /metrics; default 8124, and 0 = none",
  TRUEBOUND_AGENT_HTTP_ADDRESS: "numeric address of that; default 127.0.0.1, and others only with TLS",
  TRUEBOUND_AGENT_TLS_CERT_FILE: "certificate chain (PEM) by which it is served with TLS, read at the start; default: none",
  TRUEBOUND_AGENT_TLS_KEY_FILE: "the key that belongs to it (PEM); default: none",
  TRUEBOUND_AGENT_SOCKET: "a Unix socket that answers the same; default: none",
  TRUEBOUND_TEXTFILE: "a file for node_exporter's textfile collector, which holds the same each 15 s; default: none",
  TRUEBOUND_CHRONY_METRICS: "1: what chronyd says of itself by chrony_exporter's names too; default 0",
  TRUEBOUND_SEGMENT: "file by which applications here read its bound, or none; default: segment in the folder of systemd's, else none",
  TRUEBOUND_CLOCKBOUND_DIR: "folder in which clients of ClockBound are told the same; default: none",
  TRUEBOUND_CLOCKBOUND_LIMIT: "error up to which those are told synchronized in holdover too, 1us to 1s; default: never",
} as const;

export type SettingName = keyof typeof SETTING_HELP;

const FOLDER = ["TRUEBOUND_CONFIG_DIR", "TRUEBOUND_DATA_DIR", "TRUEBOUND_AGENT_DATA_DIR"] as const;
const MEASURING = [
  "TRUEBOUND_SOURCES",
  "TRUEBOUND_PROBE_INTERVAL",
  "TRUEBOUND_RHO_PPB",
  "TRUEBOUND_FAULTS",
  "TRUEBOUND_AUTHENTICATED",
  "TRUEBOUND_DECLARED",
  "TRUEBOUND_HARDWARE_STAMPS",
  "TRUEBOUND_NTS_CA_FILE",
] as const;
const PEERS = ["TRUEBOUND_PEERS", "TRUEBOUND_PEER_LISTEN", "TRUEBOUND_PEER_ADDRESS"] as const;
const PUBLISHING = [
  "TRUEBOUND_AGENT_HTTP_PORT",
  "TRUEBOUND_AGENT_HTTP_ADDRESS",
  "TRUEBOUND_AGENT_TLS_CERT_FILE",
  "TRUEBOUND_AGENT_TLS_KEY_FILE",
  "TRUEBOUND_AGENT_SOCKET",
  "TRUEBOUND_TEXTFILE",
  "TRUEBOUND_CHRONY_METRICS",
  "TRUEBOUND_SEGMENT",
  "TRUEBOUND_CLOCKBOUND_DIR",
  "TRUEBOUND_CLOCKBOUND_LIMIT",
] as const;
const ASKING = [
  "TRUEBOUND_CONFIG_DIR",
  "TRUEBOUND_AGENT_HTTP_PORT",
  "TRUEBOUND_AGENT_HTTP_ADDRESS",
  "TRUEBOUND_AGENT_TLS_CERT_FILE",
  "TRUEBOUND_AGENT_TLS_KEY_FILE",
  "TRUEBOUND_AGENT_SOCKET",
] as const;
const PROXY = ["TRUEBOUND_PROXY", "TRUEBOUND_PROXY_CREDENTIALS_FILE"] as const;
const ENROLLING = [
  "TRUEBOUND_SERVER_URL",
  "TRUEBOUND_TOKEN_FILE",
  "TRUEBOUND_SERVER_PINS",
  ...PROXY,
  "TRUEBOUND_HOST_NAME",
  "TRUEBOUND_LABELS",
] as const;
const AS_ALL = "0 done, 1 not, 2 usage, 78 settings";

export const COMMANDS = {
  run: {
    usage: "run",
    summary: "measures this host and reports to its server",
    does: "Measures this host's clock until SIGTERM or SIGINT, and reports where the host is enrolled; elsewhere it measures all the same.\nIts log goes to standard error: each line begins with the time by the host's own clock, which may be what is wrong.",
    options: {},
    settings: [...FOLDER, ...ENROLLING, ...MEASURING, "TRUEBOUND_REHEARSALS", ...PEERS, ...PUBLISHING],
    example: "TRUEBOUND_SOURCES=ntp1.example.net,ntp2.example.net truebound-agent run",
    exit: "0 stopped, 2 usage, 14 or 70 it hung and is to be started again, 75 another agent has its folder still, 78 settings or files that a person must mend",
  },
  enroll: {
    usage: "enroll [--token-file FILE] [--server URL] | --request FILE | --answer FILE",
    summary: "makes this host known to a server",
    does: "Makes this host known to a server, once; then truebound-agent run reports. The token is made there by truebound token create.\nFILE may hold a pod's service account token instead; without any the server's host list must name this host's key.\nOnce the host is in FILE is removed, also where the token lets in more hosts: give each host a copy.",
    options: {
      "--token-file FILE": "the token; default: TRUEBOUND_TOKEN_FILE, else none",
      "--request FILE": "without a road to the server: writes what asks to be let in, for truebound host admit there; - is standard output",
      "--answer FILE": "takes what that wrote; - is standard input",
      "--server URL": "the server, where no join token names it; default: TRUEBOUND_SERVER_URL, else what the token says",
    },
    settings: [...FOLDER, ...ENROLLING],
    example: "truebound-agent enroll --token-file join.token",
    exit: "0 enrolled, 1 not, 2 usage, 78 settings",
  },
  spool: {
    usage: "spool export [--all] | show | acknowledge FILE|-",
    summary: "reports in files, for a host without a road to its server",
    does: "export writes what the server does not have yet, as this host knows by the answers that came back, as signed deliveries: truebound import\ntakes them there, as often as one likes. acknowledge takes the answers that it wrote; what is there for good is then deleted here.\nshow lists a file of either kind, and finds what is damaged. Each may be used while the agent runs. - is the standard stream.",
    options: { "--all": "export: everything that is here, as after the server was restored from a backup; default: off" },
    settings: FOLDER,
    example: "truebound-agent spool export /media/stick/web-1.deliveries",
    exit: "0 done, 1 not, or something was damaged, 2 usage, 78 settings",
  },
  unenroll: {
    usage: "unenroll",
    summary: "forgets that server",
    does: "Forgets the server, this host's keys and its policy; reports that were not delivered are kept aside in the data folder.\nOn the server truebound host revoke NAME refuses whatever may still come by the old key.",
    options: {},
    settings: FOLDER,
    example: "truebound-agent unenroll",
    exit: AS_ALL,
  },
  key: {
    usage: "key",
    summary: "prints the public key of this host, for a host list",
    does: "Prints this host's public key, and makes the key if there is none: 32 bytes in base64url, by which a server's host list names the host.",
    options: {},
    settings: FOLDER,
    example: 'echo "web-1 $(truebound-agent key)"',
    exit: "0 printed, 2 usage, 78 settings",
  },
  rotate: {
    usage: "rotate",
    summary: "has the agent change its key at its next report",
    does: "Makes this host's next key. The agent that runs agrees on it with its server at its next report, and signs by it from then on.",
    options: {},
    settings: FOLDER,
    example: "truebound-agent rotate",
    exit: AS_ALL,
  },
  check: {
    usage: "check HOST[:PORT]… [--samples N] [--warn 1ms] [--crit 10ms] [--faults F] [--cross-check] [--json]",
    summary: "one measurement against named servers",
    does: "One measurement of this host's clock against the named servers; needs no Truebound server.",
    options: {
      "--samples N": "exchanges with each server, 1 to 64; default 4",
      "--warn SPAN": "a worst error above it is a warning, e.g. 500us; default: no limit",
      "--crit SPAN": "a worst error above it is critical; default: no limit",
      "--faults F": "how many of the servers may lie, 0 to 10; default: TRUEBOUND_FAULTS, else 1, and 0 of fewer than three",
      "--cross-check": "asks them once more by ntp-time-sync, where its package is installed; no part of the bound or the exit code",
      "--json": "for programs",
    },
    settings: [
      "TRUEBOUND_CONFIG_DIR",
      "TRUEBOUND_RHO_PPB",
      "TRUEBOUND_FAULTS",
      "TRUEBOUND_AUTHENTICATED",
      "TRUEBOUND_HARDWARE_STAMPS",
      "TRUEBOUND_NTS_CA_FILE",
    ],
    example: "truebound-agent check ntp1.example.net ntp2.example.net:123 --samples 8 --warn 1ms --crit 10ms",
    exit: "0 worst error ≤ warn, 1 ≤ crit, 2 above, 3 unknown or usage; without limits 0 = bounded, 3 = not",
  },
  now: {
    usage: "now [--json]",
    summary: "what time it is, and within what bound",
    does: "Asks the agent that runs on this host between which two instants of UTC it is now. The answer holds for an instant after the\nquestion and before the answer.",
    options: { "--json": "for programs; what went wrong too, as problem and says" },
    settings: ASKING,
    example: "truebound-agent now",
    exit: "0 a bound, 1 none, or the agent cannot be asked, 2 usage, 78 settings",
  },
  wait: {
    usage: "wait [--bound SPAN] [--timeout SPAN] [--unverified] [--json]",
    summary: "waits until this host's clock is proved within a bound: a gate before what needs it",
    does: "Asks the agent of this host twice a second, until its bound is proven, or is still held in holdover, and the worst error is within\nSPAN. An agent that does not run yet is waited for as well.",
    options: {
      "--bound SPAN": "the worst error to wait for, e.g. 500us, 1ms, 2s; default: no limit on it",
      "--timeout SPAN": "how long at most, 1s to 24h; default 60s",
      "--unverified": "a bound that rests on sources which nobody contradicts or confirms will do too",
      "--json": "for programs",
    },
    settings: ASKING,
    example: "truebound-agent wait --bound 1ms --timeout 60s",
    exit: "0 it is, 1 not within the time, 2 usage, 78 settings",
  },
  status: {
    usage: "status [--json]",
    summary: "how this host stands: bound, sources, assumptions, its daemon",
    does: "Asks the agent that runs on this host how its clock stands, and on what that rests.",
    options: { "--json": "for programs; what went wrong too, as problem and says" },
    settings: ASKING,
    example: "truebound-agent status",
    exit: "0 a bound, 1 none, or the agent cannot be asked, 2 usage, 78 settings",
  },
  doctor: {
    usage: "doctor [--json]",
    summary: "whether this host is fit, and which limits can be proved on it",
    does: "Whether this host is fit: stamps, clocks, the daemon that steers, which limits can be proved, sources, the way to the server, peers, data folder.\nAsks nobody but this host itself.",
    options: { "--json": "for programs" },
    settings: [
      ...FOLDER,
      "TRUEBOUND_SERVER_URL",
      ...PROXY,
      "TRUEBOUND_SOURCES",
      "TRUEBOUND_PROBE_INTERVAL",
      "TRUEBOUND_HARDWARE_STAMPS",
      ...PEERS,
    ],
    example: "truebound-agent doctor",
    exit: "0 nothing is bad, 1 something is, 2 usage, 78 settings",
  },
  "stamp-test": {
    usage: "stamp-test [--rounds N] [--load N] [--format FORM] [--stamp-point TEXT] [--out FILE] [--json] -- CMD…",
    summary: "how far an application's own timestamps can be from this host's clock",
    does: "Runs CMD, and asks it again and again for a timestamp: an empty line on its standard input, which it answers with one line on its\nstandard output that carries a stamp (RFC 3339 with its zone, or a count of s, ms, µs or ns since 1970), and flushes. The clock is read\nbefore each question and after each answer, while all processors are kept busy. Prints the application error, signed by this host's key.",
    options: {
      "--rounds N": "questions, 10 to 100000; default 1000",
      "--warm-up N": "questions before those that do not count, while the application gets going, 0 to 10000; default 10",
      "--load N": "busy workers meanwhile, 0 to 256; default: as many as there are processors",
      "--format FORM": "rfc3339, unix_s, unix_ms, unix_us or unix_ns; default: told by the first line",
      "--every SPAN": "mean pause between two questions, at most 60s; default 2ms",
      "--timeout SPAN": "for how long each answer is waited for, at most 600s; default 5s",
      "--skip N": "lines that come before the first question and are left out, 0 to 1000; default 0",
      "--arrivals": "nobody asks: lines come by themselves, and only their arrival is read, which bounds one side only",
      "--stamp-point TEXT": "where in the application the stamp is applied, in words, to be signed with the rest; default: not named",
      "--out FILE": "a new file that keeps the signed statement; default: none",
      "--json": "the signed statement instead of a text",
    },
    settings: FOLDER,
    example: 'truebound-agent stamp-test --stamp-point "order gateway, on receipt" --out gateway.json -- ./stamp-answerer',
    exit: "0 measured, 1 not, 2 usage, 78 settings",
  },
  evidence: {
    usage:
      "evidence gpsd|chrony --document FILE --error SPAN [--server HOST:PORT] [--by pps|toff] [--late SPAN] [--device PATH] [--refclock NAME] [--drift PPM]",
    summary: "what gpsd, or a reference clock of chrony, says of UTC, as a source for the agent",
    does: "Prints evidence of a clock, an interval a line, for a source external:exec: of the agent. What the clock errs by is declared, by FILE,\nand not measured: such a source counts for the guaranteed bound only where TRUEBOUND_DECLARED or the policy names it.",
    options: {
      "--document FILE": "what declares the error, e.g. a calibration certificate; its SHA-256 goes into every record",
      "--error SPAN": "the error on either side that it declares, e.g. 500ns, 1us",
      "--server HOST:PORT": "where gpsd listens, or chronyd for questions; default 127.0.0.1:2947, or chronyc's own",
      "--by WAY": "gpsd: pps, the pulse, or toff, the arrival of what the receiver says; default pps",
      "--late SPAN": "gpsd: by how much that may come late, beside the error; default 0s",
      "--device PATH": "gpsd: the receiver; default: whichever gpsd has",
      "--refclock NAME": "chrony: the reference clock, as chronyc sources names it, e.g. PPS0",
      "--drift PPM": "chrony: how far the oscillator may stray since its sample, e.g. 50ppm; default 200ppm",
    },
    settings: [],
    example: "truebound-agent evidence gpsd --document receiver.pdf --error 500ns",
    exit: "1 whoever it asks cannot be asked any more, 2 usage",
  },
  config: {
    usage: "config show --effective",
    summary: "the settings in force, or everything that is wrong with them",
    does: "Prints, as JSON, each setting that a run would begin with and where it is from; or all that is wrong with them.",
    options: {
      "--effective": "as they are in force, defaults and policy included; it may be left out",
      "--json": "JSON is printed anyway; it may be left out",
    },
    settings: [...FOLDER, ...ENROLLING, ...MEASURING, "TRUEBOUND_REHEARSALS", ...PEERS, ...PUBLISHING],
    example: "truebound-agent config show --effective",
    exit: "0 printed, 2 usage, 78 settings",
  },
  version: {
    usage: "version",
    summary: "prints the version",
    does: "Prints the version.",
    options: {},
    settings: [],
    example: "truebound-agent version",
    exit: "0 printed, 2 usage",
  },
} as const satisfies Readonly<Record<string, CommandHelp>>;

export type CommandName = keyof typeof COMMANDS;
