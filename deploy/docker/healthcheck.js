// Asks the server of this container whether it is ready, or the agent whether it lives; exit 0 = yes. Plain JavaScript, for an
// image holds no compiler. A certificate is not judged here: whoever answers on the loopback of this container is this container.
import { request as http } from "node:http";
import { request as https } from "node:https";

const { env } = process;
const PLACES = {
  server: {
    port: env.TRUEBOUND_HTTP_PORT || "8123",
    address: env.TRUEBOUND_HTTP_HOST,
    path: "/readyz",
    tls: env.TRUEBOUND_HTTP_TLS_CERT_FILE,
  },
  agent: {
    port: env.TRUEBOUND_AGENT_HTTP_PORT || "8124",
    address: env.TRUEBOUND_AGENT_HTTP_ADDRESS,
    path: "/livez",
    tls: env.TRUEBOUND_AGENT_TLS_CERT_FILE,
  },
};
const LOOPBACK_OF = { "": "127.0.0.1", "0.0.0.0": "127.0.0.1", "::": "::1" };

const { port, address = "", path, tls } = PLACES[process.argv[2] ?? "server"] ?? PLACES.server;
const host = LOOPBACK_OF[address] ?? address;
const ask = tls ? https : http;

/** @param {string} said */
function end(said, code) {
  process.stdout.write(`${said.trim()}\n`);
  process.exit(code);
}

// An agent may be set to serve nothing: then there is nobody to ask, and it is no reason to end it.
if (port === "0") end("nothing is served here", 0);

ask({ host, port, path, headers: { host: `localhost:${port}` }, rejectUnauthorized: false, timeout: 4_000 }, (res) => {
  let said = "";
  res.on("data", (part) => {
    said += part;
  });
  res.on("end", () => end(said, res.statusCode === 200 ? 0 : 1));
})
  .on("timeout", () => end(`nobody answers on port ${port} within 4 s`, 1))
  .on("error", (error) => end(error.message, 1))
  .end();
