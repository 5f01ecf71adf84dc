import { type ChildProcess, spawn } from "node:child_process";
import { connect } from "node:net";

/** One conversation with whoever gives evidence: bytes come until it ends, for a reason of one line. */
export interface EvidenceStream {
  close(): void;
}

export interface Listener {
  readonly opened: () => void;
  /** False = it is to be ended. */
  readonly bytes: (chunk: Uint8Array) => boolean;
  /** Once. */
  readonly ended: (why: StreamEnd) => void;
}

export type StreamEnd =
  | "external_absent"
  | "external_denied"
  | "external_refused"
  | "external_ended"
  | "external_failed"
  | "external_misbehaved";

export type OpenStream = (listener: Listener) => EvidenceStream;

/** A stream socket on which a program listens: who may write there is for its folder to say. Nothing is ever sent. */
export const socketStream =
  (path: string): OpenStream =>
  ({ opened, bytes, ended }) => {
    const socket = connect({ path });
    const end = once((why: StreamEnd) => {
      socket.destroy();
      ended(why);
    });
    socket.once("connect", opened);
    socket.on("data", (chunk: Buffer) => bytes(chunk) || end("external_misbehaved"));
    socket.once("error", (error: NodeJS.ErrnoException) => end(endOf(error)));
    socket.once("close", () => end("external_ended"));
    return { close: () => end("external_ended") };
  };

/** A program of the operator's, without a shell and with nothing of the agent's environment but where programs are. It is ended with its children. */
export const programStream =
  (program: string, args: readonly string[]): OpenStream =>
  ({ opened, bytes, ended }) => {
    const child = started(program, args);
    if (child instanceof Error) {
      ended(endOf(child));
      return { close: () => undefined };
    }
    const end = once((why: StreamEnd) => {
      killGroup(child);
      ended(why);
    });
    child.once("spawn", opened);
    child.stdout?.on("data", (chunk: Buffer) => bytes(chunk) || end("external_misbehaved"));
    child.once("error", (error: NodeJS.ErrnoException) => end(endOf(error)));
    child.once("close", () => end("external_ended"));
    return { close: () => end("external_ended") };
  };

/** Some of what hinders a start is thrown, and some is an event: a path below a file is thrown, and so is a want of memory. */
function started(program: string, args: readonly string[]): ChildProcess | NodeJS.ErrnoException {
  try {
    return spawn(program, [...args], { stdio: ["ignore", "pipe", "ignore"], env: { PATH, LC_ALL: "C" }, detached: true });
  } catch (error) {
    return error as NodeJS.ErrnoException;
  }
}

const PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

/** Once it has ended its number may be another's; whatever it left behind loses its pipe. */
function killGroup({ pid, exitCode, signalCode, stdout }: ChildProcess): void {
  stdout?.destroy();
  if (pid === undefined || exitCode !== null || signalCode !== null) return;
  try {
    process.kill(-pid, "SIGKILL");
  } catch {
    // It runs as somebody else, whom this one may not end (EPERM): it has lost its pipe.
  }
}

function endOf({ code }: NodeJS.ErrnoException): StreamEnd {
  if (code === "ENOENT") return "external_absent";
  if (code === "EACCES" || code === "EPERM") return "external_denied";
  return code === "ECONNREFUSED" ? "external_refused" : "external_failed";
}

function once<A>(act: (argument: A) => void): (argument: A) => void {
  let isDone = false;
  return (argument) => {
    if (isDone) return;
    isDone = true;
    act(argument);
  };
}
