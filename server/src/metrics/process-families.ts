import type { Family } from "./family.ts";

/** What one server process says of itself: of several on one database each has its own. */
export const PROCESS_FAMILIES = {
  residentMemory: {
    name: "truebound_process_resident_memory_bytes",
    kind: "gauge",
    help: "Memory of this process that lies in RAM.",
    labels: [],
  },
  openFiles: {
    name: "truebound_process_open_fds",
    kind: "gauge",
    help: "File descriptors that this process has open, sockets among them. Absent where the system does not say.",
    labels: [],
  },
  loopDelay: {
    name: "truebound_event_loop_delay_seconds",
    kind: "gauge",
    help: "How much later than it was due a timer of 10 ms ran, in the last 15 s that are over: the median, the 99th of a hundred and the longest. Absent until the first 15 s are over.",
    labels: ["stat"],
  },
  databaseConnections: {
    name: "truebound_database_connections",
    kind: "gauge",
    help: "Connections of this process's pool to the database by state: busy or idle; there are 10 at most. Locks that only one server may hold have connections beside it.",
    labels: ["state"],
  },
  databaseWaiting: {
    name: "truebound_database_requests_waiting",
    kind: "gauge",
    help: "Work of this process that waits for a connection of the pool.",
    labels: [],
  },
  ingestWaiting: {
    name: "truebound_ingest_batches_waiting",
    kind: "gauge",
    help: "Batches that were received and wait for a transaction: beyond 4,000 of backlogs, or 2,000 live ones, agents are told to come back.",
    labels: [],
  },
  reportJobs: {
    name: "truebound_report_jobs",
    kind: "gauge",
    help: "Reports that people asked this process for, by state: making, those that wait their turn among them, made, cancelled or failed; of those that ended the last 50 are remembered. Absent at none.",
    labels: ["state"],
  },
} as const satisfies Record<string, Family>;
