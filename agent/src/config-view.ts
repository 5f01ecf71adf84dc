import { defaultFaults, FLOOR_SECONDS } from "@truebound/time";
import type { Policy } from "@truebound/wire";
import type { Config, Environment } from "./config.ts";
import type { Source } from "./probe/source.ts";
import { everywhere, sayEndpoint } from "./responder/peer-settings.ts";
import type { Origins } from "./settings/layers.ts";

/** A setting as it is in force, and who says so. */
export interface InForce<T> {
  readonly value: T;
  readonly from: string;
}

export interface Premises {
  readonly config: Config;
  readonly env: Environment;
  readonly origins: Origins;
  /** The policy that the agent would begin with, and where that is from. */
  readonly policy: InForce<Policy>;
  /** What it would measure against. */
  readonly sources: InForce<readonly Source[]>;
}

const DEFAULT = "default";

/** `truebound-agent config show --effective`: what a run of the agent would begin with. */
export function effective({ config, env, origins, policy, sources }: Premises): object {
  const set = (name: string): string => (env[name] === undefined || env[name] === "" ? DEFAULT : (origins[name]?.from ?? name));
  const own = <T>(name: string, value: T | null, otherwise: InForce<T>): InForce<T> =>
    value === null ? otherwise : { value, from: set(name) };
  const count = sources.value.length;
  const faults =
    policy.value.faults === null ? { value: defaultFaults(count), from: `${DEFAULT} for ${count} sources` } : by(policy, "faults");
  return {
    config_dir: { value: env.TRUEBOUND_CONFIG_DIR || null, from: set("TRUEBOUND_CONFIG_DIR") },
    data_dir: { value: config.dataDir, from: env.TRUEBOUND_AGENT_DATA_DIR ? set("TRUEBOUND_AGENT_DATA_DIR") : set("TRUEBOUND_DATA_DIR") },
    server_url: { value: config.server?.href ?? null, from: set("TRUEBOUND_SERVER_URL") },
    server_pins: { value: config.serverPins, from: set("TRUEBOUND_SERVER_PINS") },
    proxy: sayProxy(config, set),
    token_file: { value: config.tokenFile, from: set("TRUEBOUND_TOKEN_FILE") },
    host_name: { value: config.name, from: set("TRUEBOUND_HOST_NAME") },
    labels: { value: config.labels, from: set("TRUEBOUND_LABELS") },
    sources: { value: sources.value.map(sayPolled(config, policy.value)), from: sources.from },
    probe_interval_s: own("TRUEBOUND_PROBE_INTERVAL", config.probeIntervalS, by(policy, "probe_interval_s")),
    rho_ppb: own("TRUEBOUND_RHO_PPB", config.rhoPpb, by(policy, "rho_ppb")),
    faults: own("TRUEBOUND_FAULTS", config.faults, faults as InForce<number>),
    authenticated: own("TRUEBOUND_AUTHENTICATED", config.authenticated, { value: policy.value.authenticated ?? null, from: policy.from }),
    declared: { value: [...(config.declared ?? []), ...(policy.value.declared ?? [])], from: set("TRUEBOUND_DECLARED") },
    hardware_stamps: { value: config.hardwareStamps ? "auto" : "off", from: set("TRUEBOUND_HARDWARE_STAMPS") },
    nts_ca_file: { value: config.ntsCaFile, from: set("TRUEBOUND_NTS_CA_FILE") },
    rehearsals: { value: config.rehearsals, from: set("TRUEBOUND_REHEARSALS") },
    peers: config.peers.off ? { value: "off", from: set("TRUEBOUND_PEERS") } : { value: policy.value.mesh ?? "off", from: policy.from },
    peer_listen: own("TRUEBOUND_PEER_LISTEN", sayListen(config), { value: sayPort(policy.value), from: policy.from }),
    http_port: { value: config.publish.port, from: set("TRUEBOUND_AGENT_HTTP_PORT") },
    http_address: { value: config.publish.address, from: set("TRUEBOUND_AGENT_HTTP_ADDRESS") },
    http_tls: { value: config.publish.tls !== null, from: set("TRUEBOUND_AGENT_TLS_CERT_FILE") },
    socket: { value: config.publish.socket, from: set("TRUEBOUND_AGENT_SOCKET") },
    textfile: { value: config.publish.textfile, from: set("TRUEBOUND_TEXTFILE") },
    chrony_metrics: { value: config.publish.chrony, from: set("TRUEBOUND_CHRONY_METRICS") },
    segment: { value: config.publish.segment, from: set("TRUEBOUND_SEGMENT") },
    clockbound_dir: { value: config.publish.clockBound?.folder ?? null, from: set("TRUEBOUND_CLOCKBOUND_DIR") },
    clockbound_limit_ns: { value: config.publish.clockBound?.limitNs?.toString() ?? null, from: set("TRUEBOUND_CLOCKBOUND_LIMIT") },
    peer_address: { value: sayAddress(config), from: set("TRUEBOUND_PEER_ADDRESS") },
  };
}

const by = <K extends keyof Policy>({ value, from }: InForce<Policy>, field: K): InForce<Policy[K]> => ({ value: value[field], from });

/** Never with its credentials. */
function sayProxy({ proxy }: Config, set: (name: string) => string): InForce<string> {
  if (proxy.kind === "none") return { value: "none", from: set("TRUEBOUND_PROXY") };
  const { host, port, from } = proxy.proxy;
  return { value: sayEndpoint({ address: host, port }), from: proxy.kind === "told" ? set(from) : from };
}

const sayListen = ({ peers: { listen } }: Config): string | null => listen && sayEndpoint(listen);
const sayPort = ({ mesh }: Policy): string | null => (mesh ? sayEndpoint(everywhere(mesh)) : null);

/** Null = where its reports come from. */
function sayAddress({ peers: { address } }: Config): string | null {
  if (address === null) return null;
  return address.port === null ? address.address : sayEndpoint({ address: address.address, port: address.port });
}

/** Floors hold whatever is set. */
const sayPolled =
  ({ probeIntervalS }: Config, { probe_interval_s }: Policy) =>
  ({ id, origin, nts, kind }: Source) => ({
    id,
    ...(kind === undefined ? {} : { kind }),
    origin,
    polled_every_s: Math.max(FLOOR_SECONDS[origin], probeIntervalS ?? probe_interval_s),
    ...(nts === undefined ? {} : { nts: nts.mode }),
  });

/** What is allowed and yet hardly meant. */
export function doubts({ config, sources }: Premises): string[] {
  const { faults } = config;
  return faults !== null && faults >= sources.value.length
    ? [`TRUEBOUND_FAULTS=${faults} with ${sources.value.length} sources: all of them may lie, so nothing is promised`]
    : [];
}
