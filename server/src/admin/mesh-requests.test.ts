import { describe, expect, it } from "vitest";
import { parseMesh } from "./mesh-requests.ts";
import { parseTarget } from "./target-requests.ts";

const words = (text: string): string[] => text.split(" ").filter((word) => word !== "");

describe("truebound mesh", () => {
  it.each([
    ["set --domain eu --port 8126", { do: "set_mesh", selector: {}, mesh: { domain: "eu", port: 8126 } }],
    [
      "set --domain eu --port 8126 --spread-by rack --label a=1 --label b=2",
      { do: "set_mesh", selector: { a: "1", b: "2" }, mesh: { domain: "eu", port: 8126, spread_by: "rack" } },
    ],
    ["off", { do: "end_mesh", selector: {} }],
    ["off --label a=1", { do: "end_mesh", selector: { a: "1" } }],
    ["redraw", { do: "redraw_mesh" }],
    ["show", { do: "show_mesh", json: false }],
    ["list --json", { do: "list_mesh", json: true }],
  ])("%s", (text, request) => expect(parseMesh(words(text))).toEqual(request));
  it.each([
    ["", "say set, off, redraw, show or list"],
    ["sett", "did you mean set?"],
    ["set --domain eu", "without --domain and --port"],
    ["set --domain eu --port 123", "Cannot take --port 123: write a UDP port from 1024 to 65535"],
    ["set --domain eu --port 8126.5", "Cannot take --port 8126.5"],
    [`set --port 8126 --domain ${"x".repeat(65)}`, "write a name of at most 64 characters"],
    ["set --domain eu --port 8126 --spread-by a-b", "write the name of a label, such as rack"],
    ["set --domain eu --port 8126 eu", 'Cannot take "eu": a mesh is of hosts by their labels'],
    ["set --domian eu --port 8126", "did you mean --domain?"],
    ["off --label a", "Cannot take --label a: write name=value"],
    ["redraw now", "redraw takes no words"],
    ["list all", "show and list take no words"],
  ])("%s is refused with what to do", (text, problem) => expect(parseMesh(words(text))).toContain(problem));
});

describe("truebound target", () => {
  const added = (more: object) => ({ do: "add_target", name: "sw", address: "10.0.0.1", port: 123, domain: "eu", labels: {}, ...more });
  it.each([
    ["add sw 10.0.0.1 --domain eu", added({})],
    ["add sw 10.0.0.1:1123 --domain eu --label rack=7", added({ port: 1123, labels: { rack: "7" } })],
    ["add sw ntp.example.net:124 --domain eu", added({ address: "ntp.example.net", port: 124 })],
    ["add sw fd00::1 --domain eu", added({ address: "fd00::1" })],
    ["add sw [fd00::1]:124 --domain eu", added({ address: "fd00::1", port: 124 })],
    ["list", { do: "list_targets", json: false }],
    ["remove sw", { do: "remove_target", target: "sw" }],
  ])("%s", (text, request) => expect(parseTarget(words(text))).toEqual(request));
  it.each([
    ["ad", "did you mean add?"],
    ["add sw --domain eu", "without its name and its address"],
    ["add sw 10.0.0.1", "Cannot add a target without --domain"],
    ["add sw 10.0.0.1:0 --domain eu", "Cannot take port 0 of 10.0.0.1:0: it must be 1 to 65535"],
    ["add sw http://10.0.0.1 --domain eu", "write host, host:port or [v6]:port"],
    ["add sw 300.1.1.1 --domain eu", 'Cannot take "300.1.1.1" for an address: it is neither a name nor an IPv4 or IPv6 address'],
    ["add sw 10.0.1:124 --domain eu", 'Cannot take "10.0.1" for an address'],
    ["add sw fd00:::1 --domain eu", 'Cannot take "fd00:::1" for an address'],
    ["add sw [10.0.0.1]:124 --domain eu", 'Cannot take "10.0.0.1" for an address'],
    ["add sw 10.0.0.1 10.0.0.2 --domain eu", "one target at a time"],
    ["remove", "without a target, by its name or id"],
    ["remove a b", "one at a time"],
    ["list all", "list takes no words"],
  ])("%s is refused with what to do", (text, problem) => expect(parseTarget(words(text))).toContain(problem));
});
