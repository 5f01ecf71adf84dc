import { connect, createServer, type Server, type Socket } from "node:net";

export interface Endpoint {
  readonly host: string;
  readonly port: number;
}

/** What a link lets through on each way. */
export interface LinkPace {
  readonly tickMs: number;
  readonly bytesPerTick: number;
  /** Ticks in which nothing passes: the link repeats what it lost. */
  readonly isLost?: () => boolean;
}

export interface TcpRelayOptions {
  /** In turn; one that cannot be reached is passed over. Asked with each connection, so that it may change. */
  readonly targets: () => readonly Endpoint[];
  readonly port?: number;
  /** The address from which it dials: who is behind it is seen to come from there. */
  readonly from?: string;
  /** Null = as fast as it goes. */
  readonly pace?: LinkPace | null;
}

export interface TcpRelay extends Endpoint {
  /** Connections that it let through, by target. */
  readonly taken: ReadonlyMap<string, number>;
  /** Breaks what is connected; new ones may come. */
  cut(): void;
  close(): Promise<void>;
}

/** A TCP relay: a balancer before several servers, a fixed address before one that moves, or a bad link. */
export async function startTcpRelay({ targets, port = 0, from = "127.0.0.1", pace = null }: TcpRelayOptions): Promise<TcpRelay> {
  const sockets = new Set<Socket>();
  const taken = new Map<string, number>();
  let turn = 0;
  const keep = (socket: Socket): Socket => {
    sockets.add(socket);
    socket.once("close", () => sockets.delete(socket));
    return socket;
  };
  const server = createServer({ pauseOnConnect: true, noDelay: true }, (client) => {
    keep(client);
    client.on("error", () => client.destroy());
    const all = targets();
    const order = all.map((_, index) => all[(turn + index) % all.length] as Endpoint);
    turn += 1;
    void dialFirst(order, from).then((found) => {
      if (found === null || client.destroyed) return void client.destroy(void found?.socket.destroy());
      const key = `${found.endpoint.host}:${found.endpoint.port}`;
      taken.set(key, (taken.get(key) ?? 0) + 1);
      join(client, keep(found.socket), pace);
    });
  });
  await listening(server, port);
  const address = server.address();
  const cut = () => {
    for (const socket of sockets) socket.destroy();
  };
  return {
    host: "127.0.0.1",
    port: typeof address === "object" && address !== null ? address.port : 0,
    taken,
    cut,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        cut();
      }),
  };
}

const listening = (server: Server, port: number): Promise<void> =>
  new Promise((resolve, reject) => {
    server.once("error", reject);
    server.listen(port, "127.0.0.1", resolve);
  });

async function dialFirst(
  order: readonly Endpoint[],
  from: string,
): Promise<{ readonly socket: Socket; readonly endpoint: Endpoint } | null> {
  for (const endpoint of order) {
    const socket = await dial(endpoint, from);
    if (socket !== null) return { socket, endpoint };
  }
  return null;
}

const dial = ({ host, port }: Endpoint, localAddress: string): Promise<Socket | null> =>
  new Promise((resolve) => {
    const socket = connect({ host, port, localAddress, noDelay: true });
    socket.once("connect", () => resolve(socket));
    socket.on("error", () => {
      socket.destroy();
      resolve(null);
    });
  });

function join(client: Socket, server: Socket, pace: LinkPace | null): void {
  carry(client, server, pace);
  carry(server, client, pace);
}

/** When one side breaks, so does the other. */
function carry(from: Socket, to: Socket, pace: LinkPace | null): void {
  const way = pace === null ? null : new SlowWay(to, pace);
  from.on("data", (chunk: Buffer) => {
    if (way === null && to.write(chunk)) return;
    from.pause();
    if (way === null) to.once("drain", () => from.resume());
    else way.push(chunk, () => from.resume());
  });
  from.once("end", () => (way === null ? to.end() : way.end()));
  from.once("close", () => {
    way?.stop();
    to.destroy();
  });
  from.resume();
}

/** Some bytes a tick, and none in a tick that is lost. */
class SlowWay {
  readonly #to: Socket;
  readonly #pace: LinkPace;
  #waiting: { rest: Buffer; readonly through: () => void }[] = [];
  #isEnding = false;
  #timer: NodeJS.Timeout | null = null;

  constructor(to: Socket, pace: LinkPace) {
    this.#to = to;
    this.#pace = pace;
  }

  push(chunk: Buffer, through: () => void): void {
    this.#waiting.push({ rest: chunk, through });
    this.#timer ??= setInterval(() => this.#tick(), this.#pace.tickMs);
  }

  end(): void {
    this.#isEnding = true;
    if (this.#waiting.length === 0) this.#to.end();
  }

  stop(): void {
    if (this.#timer !== null) clearInterval(this.#timer);
    this.#timer = null;
  }

  #tick(): void {
    const first = this.#waiting[0];
    if (first === undefined || this.#pace.isLost?.() === true) return;
    this.#to.write(first.rest.subarray(0, this.#pace.bytesPerTick));
    first.rest = first.rest.subarray(this.#pace.bytesPerTick);
    if (first.rest.length > 0) return;
    this.#waiting.shift();
    first.through();
    if (this.#waiting.length > 0) return;
    this.stop();
    if (this.#isEnding) this.#to.end();
  }
}
