import { connect, type Socket } from "node:net";

export interface PipeAnswer {
  readonly status: number;
  readonly header: (name: string) => string | undefined;
  readonly body: Buffer;
  readonly ms: number;
}

const HEAD_END = Buffer.from("\r\n\r\n");

/**
 * One kept-alive HTTP/1.1 connection that writes requests as they were made ready: a client that costs so little that a load
 * measures the server. Answers must carry their length, as ours do.
 */
export class HttpPipe {
  readonly #socket: Socket;
  #received: Buffer = Buffer.alloc(0);
  #asked: { resolve: (answer: PipeAnswer) => void; reject: (error: Error) => void; at: number } | null = null;

  private constructor(socket: Socket) {
    this.#socket = socket;
    socket.setNoDelay(true);
    socket.on("data", (chunk) => this.#take(chunk));
    socket.on("error", (error) => this.#fail(error));
    socket.on("close", () => this.#fail(new Error("the server closed the connection")));
  }

  static open(url: string): Promise<HttpPipe> {
    const { hostname, port } = new URL(url);
    return new Promise((resolve, reject) => {
      const socket = connect(Number(port), hostname, () => resolve(new HttpPipe(socket)));
      socket.once("error", reject);
    });
  }

  get isOpen(): boolean {
    return !this.#socket.destroyed;
  }

  /** One at a time. Rejects when the connection breaks before the answer is whole. */
  send(request: Buffer): Promise<PipeAnswer> {
    return new Promise((resolve, reject) => {
      if (this.#asked !== null) throw new Error("Cannot send a second request before the first is answered");
      this.#asked = { resolve, reject, at: performance.now() };
      this.#socket.write(request);
    });
  }

  close(): void {
    this.#socket.destroy();
  }

  #take(chunk: Buffer): void {
    this.#received = this.#received.length === 0 ? chunk : Buffer.concat([this.#received, chunk]);
    const headEnd = this.#received.indexOf(HEAD_END);
    if (headEnd < 0) return;
    const lines = this.#received.subarray(0, headEnd).toString("latin1").split("\r\n");
    const header = (name: string) =>
      lines
        .find((line) => line.toLowerCase().startsWith(`${name}:`))
        ?.slice(name.length + 1)
        .trim();
    const end = headEnd + HEAD_END.length + Number(header("content-length") ?? 0);
    if (this.#received.length < end) return;
    const body = this.#received.subarray(headEnd + HEAD_END.length, end);
    this.#received = this.#received.subarray(end);
    const asked = this.#asked;
    this.#asked = null;
    asked?.resolve({ status: Number(lines[0]?.split(" ")[1]), header, body, ms: performance.now() - asked.at });
  }

  #fail(error: Error): void {
    const asked = this.#asked;
    this.#asked = null;
    asked?.reject(error);
    this.#socket.destroy();
  }
}
