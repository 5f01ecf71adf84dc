import { createSocket } from "node:dgram";
import type { OpenResponder, ToOpen } from "@truebound/agent";
import { SimResponder } from "../peers/sim-responder.ts";
import type { SimClock } from "../sim/sim-clock.ts";

/** Answers peers over real UDP by a simulated clock, for an agent that runs on one. */
export const answerOnUdp =
  (clock: SimClock) =>
  (asked: ToOpen): OpenResponder => {
    const socket = createSocket(asked.listen.address.includes(":") ? "udp6" : "udp4");
    const responder = new SimResponder(clock, asked);
    socket.on("message", (bytes, from) => {
      // Stamped late, by the process: that can only widen what its asker learns.
      const reply = responder.answer(bytes, from.address, clock.read().realtime);
      if (reply !== null) socket.send(reply, from.port, from.address);
    });
    // A port that is taken shows itself by silence: the demo has addresses of its own.
    socket.on("error", () => undefined);
    socket.bind(asked.listen.port, asked.listen.address);
    return {
      port: asked.listen.port,
      counts: () => responder.counts,
      close: () => new Promise((resolve) => socket.close(() => resolve())),
    };
  };
