/**
 * Modules of Node that an `import` would make dear. It reads all that a module exports, and to read all of node:http is to load `fetch`
 * and WebSocket: some 6 MiB and a tenth of a second. `getBuiltinModule` reads nothing. What speaks TLS is loaded where it is spoken.
 */
export const HTTP = process.getBuiltinModule("node:http");

export const loadHttps = () => process.getBuiltinModule("node:https");

export const loadTls = () => process.getBuiltinModule("node:tls");
