import { createServer, type Socket } from "node:net";
import { afterEach, expect, it } from "vitest";
import { gpsdReports } from "./gpsd-link.ts";

let stop: () => Promise<void> = () => Promise.resolve();
afterEach(() => stop());

/** What is read of a gpsd that talks so, and how it ended. */
async function readOf(talk: (socket: Socket) => void): Promise<{ lines: string[]; why: string | null }> {
  const server = createServer((socket) => {
    socket.on("error", () => undefined).resume();
    talk(socket);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  stop = () => new Promise((resolve) => server.close(() => resolve()));
  const lines: string[] = [];
  try {
    for await (const line of gpsdReports("127.0.0.1", (server.address() as { port: number }).port)) lines.push(line);
    return { lines, why: null };
  } catch (error) {
    return { lines, why: (error as Error).message };
  }
}

it("reports come line by line however the bytes do, without those that are too long, until the connection ends", async () => {
  const { lines, why } = await readOf((socket) => {
    socket.write('{"class":"TPV"}\r\n{"cl');
    socket.end(`ass":"PPS"}\n${"x".repeat(65_537)}\n{"class":"TOFF"}\n`);
  });
  expect([lines, why]).toEqual([['{"class":"TPV"}', '{"class":"PPS"}', '{"class":"TOFF"}'], null]);
});

it("a line that never ends is not kept for ever: the connection is ended, and why is said", async () => {
  let sent = 0;
  const { lines, why } = await readOf((socket) => {
    const more = () => {
      // Somebody who keeps all of it has to say so before there is as much of it as this.
      if (sent > 64 * 1024 * 1024) return void socket.end();
      sent += 1024 * 1024;
      if (!socket.destroyed) socket.write("x".repeat(1024 * 1024), more);
    };
    more();
  });
  expect([lines, why]).toEqual([[], "gpsd says a line of more than 131072 characters"]);
});

it("a gpsd that is not there is an error that says so", async () => {
  const reports = gpsdReports("127.0.0.1", 1);
  await expect(reports.next()).rejects.toThrow("ECONNREFUSED");
});
