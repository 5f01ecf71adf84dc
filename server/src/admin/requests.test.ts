import { expect, it } from "vitest";
import { parseHost, parseToken } from "./requests.ts";

const made = {
  do: "create_token",
  uses: 1,
  ttlSeconds: 600,
  labels: {},
  namePattern: null,
  approval: false,
  ephemeralHours: null,
  server: null,
  json: false,
};

it.each([
  [["create"], made],
  [
    [
      "create",
      "--uses",
      "50",
      "--ttl=24h",
      "--label",
      "site=a",
      "--label",
      "role=db",
      "--name",
      "db-*",
      "--approval",
      "--server",
      "https://tb.example:8125/",
    ],
    {
      ...made,
      uses: 50,
      ttlSeconds: 86_400,
      labels: { site: "a", role: "db" },
      namePattern: "db-*",
      approval: true,
      server: "https://tb.example:8125/",
    },
  ],
  [["create", "--ephemeral"], { ...made, ephemeralHours: 24 }],
  [["create", "--ephemeral", "6", "--approval"], { ...made, ephemeralHours: 6, approval: true }],
  [["create", "--json"], { ...made, json: true }],
  [["list", "--json"], { do: "list_tokens", json: true }],
  [["revoke", "0123456789ab"], { do: "revoke_token", id: "0123456789ab" }],
])("token %j", (args, request) => expect(parseToken(args)).toEqual(request));

it.each([
  [[], "say create, list or revoke"],
  [["make"], 'Cannot do "make" with tokens'],
  [["create", "--uses", "0"], "it must be 1 to 100000"],
  [["create", "--ttl", "25h"], "from 1s to 24h"],
  [["create", "--ttl", "10"], "from 1s to 24h"],
  [["create", "--label", "x"], "write name=value"],
  [["create", "--server", "http://tb.example:8125/"], "write https://host:8125/"],
  [["create", "--use", "2"], "did you mean --uses?"],
  [["create", "now"], "takes no words"],
  [["create", "--ephemeral", "0"], "whole hours from 1 to 8760"],
  [["create", "--ephemeral", "1h"], "whole hours from 1 to 8760"],
  [["revoke"], "without the id of a token"],
  [["revoke", "%"], "8 or more hex digits"],
  [["revoke", "01234567", "89abcdef"], "one at a time"],
])("token %j is refused: %s", (args, why) => expect(parseToken(args)).toEqual(expect.stringContaining(why)));

it.each([
  [["list"], { do: "list_hosts", json: false }],
  [["approve", "web 1"], { do: "set_host", host: "web 1", to: "approve" }],
  [["rotate", "web-1"], { do: "rotate_key", host: "web-1" }],
  [["clear-clone", "web-1"], { do: "clear_clone", host: "web-1" }],
  [["revoke", "web-1"], { do: "set_host", host: "web-1", to: "revoke" }],
])("host %j", (args, request) => expect(parseHost(args)).toEqual(request));

it.each([
  [[], "say list, approve, suspend, resume, revoke, rotate or clear-clone"],
  [["delete", "x"], 'Cannot do "delete" with hosts'],
  [["approve"], "without a host"],
])("host %j is refused: %s", (args, why) => expect(parseHost(args)).toEqual(expect.stringContaining(why)));
