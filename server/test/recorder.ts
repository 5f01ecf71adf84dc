import { createServer, type IncomingHttpHeaders } from "node:http";
import type { AddressInfo } from "node:net";

export interface Recorded {
  readonly method: string;
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

export interface Reply {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly text?: string;
  /** After the text more seems to come, and never does. */
  readonly endless?: boolean;
}

export interface Recorder {
  readonly url: string;
  readonly port: number;
  readonly requests: Recorded[];
  /** Also connections over which nothing was asked. */
  connections: number;
  /** How the next requests are answered. */
  reply: (request: Recorded, index: number) => Reply | null;
  close(): Promise<void>;
}

/** An HTTP server on loopback that keeps what it is sent; a null reply leaves the request without an answer. */
export async function startRecorder(address = "127.0.0.1"): Promise<Recorder> {
  const server = createServer((request, response) => {
    const pieces: Buffer[] = [];
    request.on("data", (piece: Buffer) => pieces.push(piece));
    request.on("end", () => {
      const { method = "", url = "", headers } = request;
      const recorded = { method, path: url, headers, body: Buffer.concat(pieces).toString() };
      const reply = recorder.reply(recorded, recorder.requests.push(recorded) - 1);
      if (reply === null) return;
      response.writeHead(reply.status, reply.headers);
      if (reply.endless) response.write(reply.text ?? "");
      else response.end(reply.text ?? "");
    });
  });
  server.on("connection", () => void recorder.connections++);
  await new Promise<void>((resolve) => server.listen(0, address, resolve));
  const { port } = server.address() as AddressInfo;
  const recorder: Recorder = {
    url: `http://${address.includes(":") ? `[${address}]` : address}:${port}`,
    port,
    requests: [],
    connections: 0,
    reply: () => ({ status: 200 }),
    close: () =>
      new Promise<void>((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
  return recorder;
}
