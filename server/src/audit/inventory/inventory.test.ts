import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { parseYaml } from "../../adapters/yaml-file.ts";
import { expandRange } from "./ansible-range.ts";
import { compareInventory } from "./compare.ts";
import { INVENTORY_KINDS, readInventory } from "./read-inventory.ts";

const hosts = (kind: (typeof INVENTORY_KINDS)[number], text: string) => {
  const read = readInventory(kind, text, parseYaml);
  return "hosts" in read ? read.hosts : read.problem;
};

describe("a list in CSV", () => {
  it.each([
    ["one name a line", "db-2\ndb-1\n"],
    ["a title and other columns", "site,Hostname\nfra,db-1\r\nfra,db-2\r\n"],
    ["quotes, spaces and empty lines", '# all of them\n"name";"note"\n\n"db-1";"says ""hi""\nthere"\n db-2 ;x\n'],
    ["tabs, a byte order mark, no last line end, a name twice", "\ufeffhost\track\ndb-1\t1\ndb-2\t2\ndb-1\t3"],
    ["no title", "db-1,fra\ndb-2,fra"],
    ["an empty last field", "name,note\ndb-1,\ndb-2,"],
  ])("is read with %s", (_, text) => expect(hosts("csv", text)).toEqual(["db-1", "db-2"]));
  it.each([
    ["", "it names no host"],
    ["name\n", "it names no host"],
    ["site,host\nfra,db-1\nfra,\n", "row 3 names no host in column 2"],
    ['name\n"db-1', "row 2 has a quote without an end"],
    ["name,note\ndb-1,M\ufffdnchen\n", "it is not in UTF-8"],
    ["db 1\n", '"db 1" is no name of a host'],
  ])("%j is refused: %s", (text, problem) => expect(hosts("csv", text)).toContain(problem));
  it("says again what was written, whatever it was", () => {
    const name = fc.stringMatching(/^[!-~]{1,30}$/);
    fc.assert(
      fc.property(fc.uniqueArray(name, { minLength: 1 }), (names) => {
        const text = `host\n${names.map((one) => `"${one.replaceAll('"', '""')}"`).join("\n")}\n`;
        expect(hosts("csv", text)).toEqual([...names].sort());
      }),
    );
  });
});

const INI = `
; of the trading floor
bastion.example.net:2222 ansible_user=ops
[web]
web-[01:03].example.net  rack=1
[db]
db-[a:b]
[db:vars]
port=5432
[all:children]
web
db
`;
const YAML = `
all:
  hosts:
    bastion.example.net: { ansible_user: ops }
  children:
    web: { hosts: { "web-[01:03].example.net": {} } }
    db: { children: { primary: { hosts: { db-a: null } }, second: { hosts: { db-b: } } } }
`;
const LIST = JSON.stringify({
  _meta: {
    hostvars: {
      "bastion.example.net": {},
      "db-a": {},
      "db-b": {},
      "web-01.example.net": {},
      "web-02.example.net": {},
      "web-03.example.net": {},
    },
  },
  all: { children: ["web"] },
});
const MEANT = ["bastion.example.net", "db-a", "db-b", "web-01.example.net", "web-02.example.net", "web-03.example.net"];

describe("an inventory of Ansible", () => {
  it.each([
    ["INI", INI],
    ["YAML", YAML],
    ["YAML with a mark at its beginning", `---\n${YAML}`],
    ["the JSON of ansible-inventory --list", LIST],
  ])("in %s means the same hosts", (_, text) => expect(hosts("ansible", text)).toEqual(MEANT));
  it.each([
    ["[web]\nweb-[05:01]\n", "goes nowhere"],
    ["[web]\nweb-[a:1]\n", "goes nowhere"],
    ["[web]\nweb[1\n", "brackets that are no range"],
    ["[web]\nweb[1:99999]x[1:99999]\n", "means more than 100000 hosts"],
    ["---\n- a\n", "write groups"],
    ["all: {\n", "it is no inventory of Ansible"],
    ["[web:vars]\na=b\n", "it names no host"],
  ])("%j is refused: %s", (text, problem) => expect(hosts("ansible", text)).toContain(problem));
  it.each([
    ["n[0:10:5]", ["n0", "n5", "n10"]],
    ["n[08:11]", ["n08", "n09", "n10", "n11"]],
    ["[a:b][1:2]", ["a1", "a2", "b1", "b2"]],
    ["n", ["n"]],
  ])("%s means %j", (pattern, names) => expect(expandRange(pattern)).toEqual(names));
});

describe("a list of nodes of Kubernetes", () => {
  const node = (name: string) => ({ kind: "Node", metadata: { name } });
  it("is read as kubectl prints it, and as the API does", () => {
    const items = [node("db-2"), node("db-1")];
    expect(hosts("kubernetes", JSON.stringify({ kind: "List", items }))).toEqual(["db-1", "db-2"]);
    const bare = items.map(({ metadata }) => ({ metadata }));
    expect(hosts("kubernetes", JSON.stringify({ kind: "NodeList", items: bare }))).toEqual(["db-1", "db-2"]);
  });
  it.each([
    ["", "no list of nodes"],
    ["{}", "no list of nodes"],
    [JSON.stringify({ items: [node("a"), { kind: "Pod", metadata: { name: "b" } }] }), "item 2 is no Node"],
    [JSON.stringify({ items: [{ metadata: {} }] }), "item 1 is no Node"],
    [JSON.stringify({ items: [] }), "it names no host"],
  ])("%j is refused: %s", (text, problem) => expect(hosts("kubernetes", text)).toContain(problem));
});

it("no file of any kind is a crash", () => {
  const odd = fc.oneof(
    fc.string(),
    fc.json(),
    fc.constantFrom(INI, YAML, LIST).chain((text) => fc.integer({ min: 0, max: text.length }).map((cut) => text.slice(cut))),
  );
  fc.assert(
    fc.property(fc.constantFrom(...INVENTORY_KINDS), odd, (kind, text) => {
      const read = readInventory(kind, text, parseYaml);
      expect("hosts" in read ? read.hosts.length : read.problem.length).toBeGreaterThan(0);
    }),
  );
});

describe("a list and the hosts that are there", () => {
  const there = [
    { name: "DB-1.example.net", labels: { desk: "equities" } },
    { name: "db-2", labels: { desk: "equities" } },
    { name: "lab-1", labels: {} },
  ];
  it("name what is missing, and what is in scope and not listed", () => {
    expect(compareInventory(["db-1.example.net.", "db-3"], there, [{ hosts: { desk: "equities" } }])).toEqual({
      listed: 2,
      missing: ["db-3"],
      unlisted: ["db-2"],
    });
  });
  it("are held against all hosts where nobody declared a scope", () => {
    expect(compareInventory(["db-2"], there, [])).toMatchObject({ unlisted: ["DB-1.example.net", "lab-1"] });
  });
  it("never take a part of a name for the whole", () => {
    expect(compareInventory(["db-1"], there, []).missing).toEqual(["db-1"]);
  });
});
