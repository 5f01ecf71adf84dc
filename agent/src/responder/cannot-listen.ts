import type { Endpoint } from "../probe/ports.ts";
import { sayEndpoint } from "./peer-settings.ts";

const EACCES = 13;
const EAFNOSUPPORT = 97;
const EADDRINUSE = 98;
const EADDRNOTAVAIL = 99;
const ELSEWHERE = "name another port in the policy's mesh, or an address and port in TRUEBOUND_PEER_LISTEN";

/** Why nothing is answered there, in words for whoever can mend it. */
export class CannotListen extends Error {
  /** This host has no network of that kind. */
  readonly isWithoutNetwork: boolean;

  constructor(listen: Endpoint, errno: number) {
    super(`Cannot answer peers on ${sayEndpoint(listen)}: ${reason(errno)}`);
    this.isWithoutNetwork = errno === EAFNOSUPPORT || errno === EADDRNOTAVAIL;
  }
}

function reason(errno: number): string {
  switch (errno) {
    case EADDRINUSE:
      return `another program has that port (EADDRINUSE); end it, or ${ELSEWHERE}`;
    case EADDRNOTAVAIL:
      return "no interface of this host has that address (EADDRNOTAVAIL); name one that it has in TRUEBOUND_PEER_LISTEN";
    case EAFNOSUPPORT:
      return "this host has no such network (EAFNOSUPPORT); name an address that it has in TRUEBOUND_PEER_LISTEN";
    case EACCES:
      return `this user may not have that port (EACCES); ${ELSEWHERE}`;
    default:
      return `the kernel refuses it (errno ${errno}); ${ELSEWHERE}`;
  }
}
