import { join } from "node:path";
import {
  AlertRuleList,
  ChannelList,
  IncidentDetail,
  IncidentList,
  MaintenanceList,
  MaintenanceRequest,
  SilenceList,
  SilenceRequest,
  validator,
} from "@truebound/wire";
import { beforeEach, describe, expect, it } from "vitest";
import { until } from "../server/test/until.ts";
import { channels, RULES, silences, windows } from "./alerting-scenes.ts";
import { ARTEFACTS, answered, CHROMIUM } from "./chromium.ts";
import { FakeIncidentsServer } from "./fake-incidents-server.ts";
import { DETAILS, history, hostId, hostsOfTheNight, LISTS, night, seriesOfTheNight } from "./incident-scenes.ts";
import { hindrances, inEachLook, NO_HINDRANCES, overflow, pageTests, SIZES } from "./page-tests.ts";

const NOW = Date.parse("2026-11-26T03:12:00.000Z");

describe("what the page is shown here", () => {
  it("is what the API promises", () => {
    const [list, detail] = [validator(IncidentList), validator(IncidentDetail)];
    for (const scene of Object.values(LISTS)) expect(list.errors({ ...scene(NOW), next: null })).toEqual([]);
    expect(list.errors({ ...LISTS.night(NOW), items: history(NOW), next: null })).toEqual([]);
    for (const scene of Object.values(DETAILS)) expect(detail.errors(scene(NOW))).toEqual([]);
    expect(validator(AlertRuleList).errors({ items: RULES, next: null })).toEqual([]);
    expect(validator(ChannelList).errors({ items: channels(NOW), next: null })).toEqual([]);
    expect(validator(SilenceList).errors({ items: silences(NOW), next: null })).toEqual([]);
    expect(validator(MaintenanceList).errors({ items: windows(NOW), next: null })).toEqual([]);
  });
});

describe.skipIf(CHROMIUM === undefined)("the pages of incidents in a real browser (skipped: chromium not found)", () => {
  const server = new FakeIncidentsServer();
  const pages = pageTests(server, { expected: /status of (409|503)/ });
  const { open, tab } = pages;
  beforeEach(() => server.show(LISTS.night));

  /** All that can be shown, one after the other. */
  function* everything(): Generator<readonly [name: string, path: string]> {
    for (const [name, scene] of Object.entries(LISTS)) {
      server.show(scene);
      yield [name, "/incidents"];
    }
    server.show(LISTS.night);
    for (const id of Object.keys(DETAILS)) yield [`one-${id}`, `/incidents/${id}`];
    yield ["alerting", "/alerting"];
    server.hosts = hostsOfTheNight(server.now);
    server.series = seriesOfTheNight(server.now);
    yield ["fleet", "/"];
    yield ["host", `/hosts/${hostId(7)}`];
  }

  /** Of these the rest is more of the same. */
  const READ_WHOLE: readonly string[] = ["night", "quiet", "never", "one-42", "one-40", "one-43", "alerting", "fleet"];

  it("fits its window in all of its states, and can be read and named by everybody", { timeout: 240_000 }, async () => {
    const page = await tab();
    for (const [name, path] of everything()) {
      await page.goto(pages.url + path);
      await answered(page);
      await until("all is loaded", async () => (await page.getByText("Asking the server").count()) === 0);
      await inEachLook(page, async (look) => {
        expect(await overflow(page), `${name} ${look}`).toBeLessThanOrEqual(0);
        if (READ_WHOLE.includes(name)) expect({ name, look, ...(await hindrances(page)) }).toEqual({ name, look, ...NO_HINDRANCES });
        await page.screenshot({ path: join(ARTEFACTS, `incidents-${name}-${look}.png`), fullPage: true });
      });
    }
  });

  it("keeps its place on a phone while the stream comes and the count with it", async () => {
    const page = await tab({ viewport: SIZES.narrow });
    await page.addInitScript(() => {
      new PerformanceObserver((list) => {
        const moved = list.getEntries().reduce((sum, entry) => sum + (entry as PerformanceEntry & { value: number }).value, 0);
        document.documentElement.dataset.moved = String(Number(document.documentElement.dataset.moved ?? "0") + moved);
      }).observe({ type: "layout-shift", buffered: true });
    });
    await page.goto(`${pages.url}/incidents`);
    await page.getByText("live", { exact: true }).waitFor();
    await page.locator(".badge").waitFor();
    await page.getByRole("table", { name: "Past incidents" }).waitFor();
    expect(Number(await page.evaluate(() => document.documentElement.dataset.moved ?? "0"))).toBeLessThan(0.01);
  });

  it("says what is wrong in one line, and lists the worst first", async () => {
    const page = await open("/incidents");
    expect(await page.locator("h1").textContent()).toBe("2 critical, 2 warnings, 1 info");
    expect(await page.title()).toContain("2 critical, 2 warnings, 1 info");
    expect(await page.locator(".truth-facts").textContent()).toContain(
      "1 acknowledged1 silenced, nobody is told1 rehearsal, no real fault",
    );
    const waiting = page.locator("table").first().locator("tbody tr");
    expect(await waiting.allTextContents()).toMatchObject(
      [
        /^criticalntp3.*source 10\.0\.0\.9proved outside400 hosts4 min \d+ snobody yet/,
        /^criticaldb-7.*db-7\.fra.*proved outside1 host/,
        /^criticalRehearsal: lab-2.*rehearsal/,
        /^warningThe server’s own clock.*no evidenceno host/,
        /^infonear the limit.*proved inside/,
      ].map((form) => expect.stringMatching(form)),
    );
    expect(await page.getByRole("table", { name: "Acknowledged incidents" }).textContent()).toContain("Mira Okafor");
    expect(await page.getByRole("table", { name: "Silenced incidents" }).textContent()).toContain("silence 12: nobody is told");
    expect(await page.locator(".badge").textContent()).toBe("44 open incidents, the worst critical");
  });

  it("is walked by keys, and filtered by an address that can be shared", async () => {
    const page = await open("/incidents");
    await page.keyboard.press("j");
    await page.keyboard.press("j");
    await page.keyboard.press("k");
    await page.keyboard.press("j");
    await page.keyboard.press("Enter");
    await page.waitForURL(/\/incidents\/42$/);
    await page.goBack();
    await page.getByRole("link", { name: "warning", exact: true }).click();
    await page.waitForURL(/severity=warning/);
    await page.keyboard.press("/");
    await page.keyboard.type("rack");
    await until("one is found", async () => (await page.locator(".incidents").first().locator("tbody tr").count()) === 1);
    expect(page.url()).toMatch(/\/incidents\?severity=warning&q=rack$/);
    const shared = await open("/incidents?severity=warning&q=rack");
    expect(await shared.locator(".incidents").first().textContent()).toContain("rack=r7");
    expect(await shared.locator("h1").textContent()).toBe("2 critical, 2 warnings, 1 info");
  });

  it("finds by a host's name also what many hosts share", async () => {
    const page = await open("/incidents?q=db-7");
    const rows = page.locator(".incidents").first().locator("tbody tr");
    await until("its own and the source's are found", async () =>
      (await rows.allTextContents()).some((row) => row.includes("source 10.0.0.9")),
    );
    expect((await rows.allTextContents()).some((row) => row.includes("rack=r7"))).toBe(false);
  });

  it("loads more of what is over, a page at a time", async () => {
    const page = await open("/incidents");
    const rows = page.getByRole("table", { name: "Past incidents" }).locator("tbody tr");
    await rows.nth(19).waitFor();
    expect(await rows.first().textContent()).toContain("lasted 14 min");
    await page.getByRole("button", { name: "Load 20 more" }).click();
    await rows.nth(39).waitFor();
    await page.getByRole("button", { name: "Load 20 more" }).click();
    await rows.nth(44).waitFor();
    await page.getByRole("button", { name: "Load 20 more" }).waitFor({ state: "detached" });
  });

  it("does not call fine what nobody judges, nor what is not heard any more", async () => {
    server.show(LISTS.lateAndEmpty);
    const late = await open("/incidents");
    expect(await late.locator("h1").textContent()).toMatch(/^Nobody has judged since \d{4}-/);
    expect(await late.locator(".badge").textContent()).toContain("not known");
    expect(await late.getByText("Nothing is open").count()).toBe(0);
    server.show(LISTS.never);
    const never = await open("/incidents");
    expect(await never.locator("h1").textContent()).toBe("Nobody has judged yet");
    server.show(LISTS.quiet);
    const quiet = await open("/incidents");
    expect(await quiet.locator("h1").textContent()).toBe("Nothing is open");
    expect(await quiet.locator(".badge").count()).toBe(0);
    server.broken = 503;
    server.drop();
    await quiet.getByText("Not live.").waitFor();
    expect(await quiet.locator(".badge").textContent()).toContain("not known");
    const failed = await tab();
    await failed.goto(`${pages.url}/incidents`);
    await failed.getByText("The server refused").waitFor();
  });

  it("finds out by itself that nobody judges any more, and that somebody does again", async () => {
    const page = await tab();
    await page.clock.install();
    server.show(LISTS.quiet);
    await page.goto(`${pages.url}/incidents`);
    await page.getByRole("heading", { name: "Nothing is open" }).waitFor();
    await page.clock.runFor(75_000);
    await page.getByText("Nobody has judged since").waitFor();
    server.now = Date.now() + 5_000;
    await page.clock.runFor(10_500);
    await page.getByRole("heading", { name: "Nothing is open" }).waitFor();
  });

  it("says of a Prometheus that it tells people", async () => {
    server.show(LISTS.prometheus);
    const page = await open("/incidents");
    expect(await page.locator(".truth-facts").textContent()).toContain("a Prometheus tells people, not this server");
  });

  it("is live by the stream, on every page, and asks again after a break", async () => {
    server.show(LISTS.quiet);
    const page = await open("/");
    await page.getByText("live", { exact: true }).waitFor();
    expect(await page.locator(".badge").count()).toBe(0);
    server.list = LISTS.night;
    server.tell(night(server.now)[2] as never);
    await page.locator(".badge").getByText("4", { exact: true }).waitFor();
    server.list = LISTS.quiet;
    server.drop();
    await page.locator(".badge").waitFor({ state: "detached" });
  });

  it("shows an incident: the interval against its limit, in a picture and in words", async () => {
    const page = await open("/incidents/42");
    const known = page.locator(".known");
    expect(await known.locator(".bar").getAttribute("aria-label")).toBe("offset +3.1 ms to +3.4 ms, limit ±100 µs");
    expect(await known.locator(".bar-limit").count()).toBe(2);
    const facts = await known.locator("dl").textContent();
    for (const words of ["between 3.1 ms and 3.4 ms behind UTC", "at least 3 ms beyond the limit", "the clock itself is off"])
      expect(facts).toContain(words);
    const link = page.locator(".alerts .row-link");
    expect(await link.getAttribute("href")).toMatch(/^\/hosts\/00000000-.*7\?from=\d{4}-\d\d-\d\dT[\d:.]+Z&to=now$/);
    expect(await page.getByRole("link", { name: "proved_outside_limit" }).getAttribute("href")).toBe("/runbook/proved_outside_limit");
    const guide = page.getByRole("region", { name: "What to do" });
    await guide.getByText("The whole guaranteed bound on the host's offset lies beyond its limit").waitFor();
    expect(await guide.locator("li").first().textContent()).toMatch(/^dominant: offset in the alert/);
    expect(await guide.getByRole("link", { name: "2 more steps" }).getAttribute("href")).toBe("/runbook/proved_outside_limit");
    expect(await page.locator(".timeline li").first().textContent()).toContain("Looks like somebody ran ntpdate by hand");
    expect(await page.locator(".deliveries li").allTextContents()).toMatchObject(
      [/pager-night.*delivered/, /ops-webhook.*due after 4 attempts.*503/, /ops-slack.*given up after 31 attempts/].map((form) =>
        expect.stringMatching(form),
      ),
    );
    expect(await page.locator(".flights").textContent()).toContain("178 KiB");
  });

  it("says of others what they lack: a bound, a host, a limit", async () => {
    const rack = await open("/incidents/41");
    expect(await rack.locator(".known .no-bound").textContent()).toContain("nothing is known of this clock");
    expect(await rack.getByText("acknowledged by Mira Okafor").count()).toBe(1);
    expect(await rack.getByRole("button", { name: "Acknowledge" }).count()).toBe(0);
    expect(await rack.getByText("The worst 3 are shown; 9 others are part of it too.").count()).toBe(1);
    const own = await open("/incidents/43");
    expect(await own.locator(".alerts tbody th").textContent()).toBe("no single host");
    expect(await own.locator(".known .bar").count()).toBe(0);
    const over = await open("/incidents/28");
    await over.getByRole("link", { name: "incident 27" }).waitFor();
    expect(await over.getByRole("form").count()).toBe(1);
    server.broken = null;
    const gone = await pages.browser.newPage();
    await gone.goto(`${pages.url}/incidents/9999`);
    await gone.getByText("This incident is not known").waitFor();
  });

  it("acknowledges once, in a name that it asks for and remembers, and remembers nothing else", async () => {
    const page = await open("/incidents/42");
    const press = page.getByRole("button", { name: "Acknowledge" });
    await press.click();
    await page.getByText("Say who you are first").waitFor();
    expect(await page.locator("#who").evaluate((field) => field === document.activeElement)).toBe(true);
    expect(server.posted).toEqual([]);
    await page.locator("#who").fill("Mira Okafor");
    let release = (): void => {};
    server.gate = new Promise((resolve) => {
      release = resolve;
    });
    await page.evaluate(() => {
      const form = document.querySelector<HTMLFormElement>("form[aria-label=Acknowledge]");
      for (const _ of [1, 2, 3]) form?.requestSubmit();
    });
    await until("it is sent", () => server.posted.length > 0);
    expect(await page.getByRole("button", { name: "Sending…" }).isDisabled()).toBe(true);
    release();
    await page.getByText("acknowledged by Mira Okafor").waitFor();
    expect(server.posted).toEqual([{ path: "/incidents/42/acknowledge", body: { who: "Mira Okafor" } }]);
    expect(await page.evaluate(() => Object.entries(localStorage))).toEqual([["truebound.who", "Mira Okafor"]]);
    await page.reload();
    await page.locator("#who").waitFor();
    expect(await page.locator("#who").inputValue()).toBe("Mira Okafor");
  });

  it("comments in one line, and silences what it says it will match", async () => {
    const page = await open("/incidents/40");
    await page.locator("#who").fill("Jan Brandt");
    await page.getByLabel("What you found or did").fill("the GPS antenna\nof ntp3 was moved");
    await page.getByRole("button", { name: "Add comment" }).click();
    await page.getByText("Added to the timeline").waitFor();
    expect(await page.getByLabel("What you found or did").inputValue()).toBe("");
    const form = page.getByRole("form", { name: "Silence" });
    // Two are critical ones of hosts that it led astray.
    expect(await form.locator(".matched").textContent()).toContain('source="10.0.0.9"6 of the 8 alerts shown here; people are told');
    await form.getByRole("combobox", { name: "What" }).selectOption({ label: "falseticker of source 10.0.0.9" });
    expect(await form.locator(".matched").textContent()).toContain("6 of the 8 alerts shown here; people are told");
    await form.getByLabel("4 h", { exact: true }).check();
    await form.getByLabel("Why").fill("ntp3 is being taken out");
    await form.getByRole("button", { name: "Silence for 4 h" }).click();
    await form.getByText("Silenced: nobody is told of 2 open incidents now").waitFor();
    expect(await form.getByLabel("Why").inputValue()).toBe("");
    const [comment, silence] = server.posted;
    expect(comment).toEqual({ path: "/incidents/40/comments", body: { who: "Jan Brandt", words: "the GPS antenna of ntp3 was moved" } });
    expect(silence).toEqual({
      path: "/silences",
      body: {
        matchers: { alertname: "falseticker", source: "10.0.0.9" },
        for_s: 14_400,
        who: "Jan Brandt",
        comment: "ntp3 is being taken out",
      },
    });
    expect(validator(SilenceRequest).errors(silence?.body)).toEqual([]);
  });

  it("leaves the keys to whoever types", async () => {
    const page = await open("/incidents/40");
    for (const field of ["#who", "textarea", "form input[type=text]"]) {
      await page.locator(field).focus();
      await page.keyboard.type("jack/kj");
      expect(await page.locator(field).inputValue(), field).toBe("jack/kj");
    }
    await page.getByRole("combobox").focus();
    await page.keyboard.press("j");
    expect(await page.getByRole("combobox").evaluate((field) => field === document.activeElement)).toBe(true);
    await page.locator("h1").click();
    await page.keyboard.press("j");
    expect(await page.evaluate(() => document.activeElement?.textContent)).toBe("web-1.ams.example.net");
  });

  it("says beside the form why something was refused, in the server's words, and lets it be tried again", async () => {
    const page = await open("/incidents/42");
    await page.locator("#who").fill("Mira Okafor");
    server.refused = { status: 409, title: "Read only", detail: "incident 42 is over since 03:20:11" };
    await page.getByRole("button", { name: "Acknowledge" }).click();
    await page.getByRole("form", { name: "Acknowledge" }).getByText("Read only: incident 42 is over since 03:20:11").waitFor();
    server.refused = null;
    await page.getByRole("button", { name: "Acknowledge" }).click();
    await page.getByText("acknowledged by Mira Okafor").waitFor();
  });

  it("shows what alerting is set to, where it may be changed, and why not where it may not", async () => {
    const page = await open("/alerting");
    expect(await page.locator("h1").textContent()).toBe("1 of 2 channels could not deliver lately");
    expect(await page.locator(".rules tbody tr").first().textContent()).toContain("proved_outside_limit");
    expect(await page.locator(".rules").getByRole("button").count()).toBe(0);
    expect(await page.locator(".rules").textContent()).toContain("lse_open (see binder 4, page 2)");
    expect(await page.locator(".maintenance tr", { hasText: "sunday-patching" }).getByRole("button").count()).toBe(0);
    const silences = page.locator(".silences");
    expect(await silences.getByRole("button").count()).toBe(1);
    expect(await silences.locator("tr", { hasText: "site=" }).textContent()).toContain("change the file and run truebound apply");
    await silences.getByRole("button", { name: "End silence 12" }).click();
    await silences.getByText("ended").waitFor();
    await page.getByRole("button", { name: "Test pager-night" }).click();
    await page.getByText("delivered in 212 ms").waitFor();
    server.channelAnswer = { delivered: false, took_ms: 31, error: "answered 401 Unauthorized: the routing key in its file is refused" };
    await page.getByRole("button", { name: "Test ops-webhook" }).click();
    await page.getByText("not delivered: answered 401 Unauthorized").waitFor();
    expect(server.posted.map(({ path }) => path)).toEqual(["/silences/12/end", "/channels/pager-night/test", "/channels/ops-webhook/test"]);
    server.refused = { status: 409, title: "Read only", detail: "silence 12 is set by truebound.yaml" };
    await silences.getByRole("button", { name: "End silence 12" }).click();
    await silences.getByText("Read only: silence 12 is set by truebound.yaml").waitFor();
  });

  it("declares a maintenance window in UTC with the local time beside, and ends one", async () => {
    const page = await open("/alerting", { timezoneId: "Europe/Berlin" });
    const section = page.locator("section", { has: page.locator("#maintenance-title") });
    const names = await section.locator("tbody th span:first-child").allTextContents();
    expect(names).toEqual(["maintenance-12", "maintenance-13", "sunday-patching", "maintenance-11"]);
    await section.getByText("Declare a window…").click();
    const form = page.getByRole("form", { name: "Declare a maintenance window" });
    await form.getByLabel("From, UTC").fill("2026-11-28T06:00");
    await form.getByLabel("To, UTC").fill("2026-11-28T08:00");
    await form.getByText("here 2026-11-28 09:00 UTC+01:00").waitFor();
    await form.getByLabel("Labels that they carry").fill("rack");
    await form.getByLabel("What is done").fill("the rack moves");
    await form.getByLabel("Your name").fill("Mira Okafor");
    await form.getByRole("button", { name: "Declare it" }).click();
    await form.getByText('Cannot read the label "rack"').waitFor();
    await form.getByLabel("Labels that they carry").fill("rack=r7");
    await section.getByRole("button", { name: "End now maintenance-12" }).click();
    await inEachLook(page, async (look) => {
      expect(await overflow(page)).toBeLessThanOrEqual(0);
      expect({ look, ...(await hindrances(page)) }).toEqual({ look, ...NO_HINDRANCES });
      await section.screenshot({ path: join(ARTEFACTS, `incidents-maintenance-${look}.png`) });
    });
    await form.getByRole("button", { name: "Declare it" }).click();
    await form.getByText("maintenance-14 is declared: 12 hosts now").waitFor();
    await section.getByRole("group").getByRole("button", { name: "End now maintenance-12" }).click();
    await until("both are sent", () => server.posted.length === 2);
    const [declared, ended] = server.posted;
    expect(declared).toEqual({
      path: "/maintenance",
      body: {
        labels: { rack: "r7" },
        from: "2026-11-28T06:00:00Z",
        to: "2026-11-28T08:00:00Z",
        comment: "the rack moves",
        who: "Mira Okafor",
      },
    });
    expect(validator(MaintenanceRequest).errors(declared?.body)).toEqual([]);
    expect(ended).toEqual({ path: "/maintenance/maintenance-12/end", body: { who: "Mira Okafor" } });
  });

  it("declares a window of every week by the clock of a timezone, and says before when it comes next", async () => {
    const page = await open("/alerting", { timezoneId: "Europe/Berlin" });
    const section = page.locator("section", { has: page.locator("#maintenance-title") });
    await section.getByText(/^next 20\d\d-.* UTC to /).waitFor();
    await section.getByText("Declare a window…").click();
    const form = page.getByRole("form", { name: "Declare a maintenance window" });
    await form.getByLabel("Which hosts").selectOption("all");
    await form.getByLabel("How often").selectOption("weekly");
    expect(await form.getByLabel("By the clock of which timezone").inputValue()).toBe("Europe/Berlin");
    await form.getByText("once the above is whole: choose the days").waitFor();
    await form.getByLabel("Sunday").check();
    await form.getByLabel("Saturday").check();
    await form.getByLabel("From, time of day").fill("22:00");
    await form.getByLabel("To; not later").fill("01:30");
    await form.getByLabel("By the clock of which timezone").fill("Europe/Lon");
    await form.getByText("“Europe/Lon” is no timezone").waitFor();
    await form.getByLabel("By the clock of which timezone").fill("Europe/London");
    await form.getByLabel("What is done").fill("patches");
    await form.getByLabel("Your name").fill("Mira Okafor");
    const times = form.locator(".next-times time");
    await times.first().waitFor();
    const [from, to] = [await times.nth(0).getAttribute("datetime"), await times.nth(1).getAttribute("datetime")];
    const inLondon = (instant: string | null): string =>
      new Intl.DateTimeFormat("en-GB", { timeZone: "Europe/London", weekday: "short", hour: "2-digit", minute: "2-digit" })
        .format(new Date(instant ?? Number.NaN))
        .replace(",", "");
    expect([
      ["Sat 22:00", "Sun 01:30"],
      ["Sun 22:00", "Mon 01:30"],
    ]).toContainEqual([inLondon(from), inLondon(to)]);
    expect(await times.count()).toBe(6);
    await inEachLook(page, async (look) => {
      expect(await overflow(page)).toBeLessThanOrEqual(0);
      expect({ look, ...(await hindrances(page)) }).toEqual({ look, ...NO_HINDRANCES });
      await section.screenshot({ path: join(ARTEFACTS, `incidents-maintenance-weekly-${look}.png`) });
    });
    await form.getByRole("button", { name: "Declare it" }).click();
    await form.getByText("maintenance-14 is declared: 12 hosts now").waitFor();
    const [declared] = server.posted;
    expect(declared?.body).toEqual({
      labels: {},
      weekly: { days: ["sat", "sun"], at: "22:00", for_s: 12_600, timezone: "Europe/London" },
      comment: "patches",
      who: "Mira Okafor",
    });
    expect(validator(MaintenanceRequest).errors(declared?.body)).toEqual([]);
  });

  it("says where nobody would be told", async () => {
    server.hasChannels = false;
    const page = await open("/alerting");
    await page.getByRole("heading", { name: "Nobody is told: no channel is set" }).waitFor();
    server.show(LISTS.prometheus);
    const other = await open("/alerting");
    await other.getByRole("heading", { name: "A Prometheus tells people, not this server" }).waitFor();
    await other.getByText("alerts that people silenced here: no effect on Prometheus and Alertmanager").waitFor();
    expect(await other.getByText(/nobody is told/i).count()).toBe(0);
    await other.goto(`${pages.url}/incidents/40`);
    await other.getByText("a silence has no effect on Prometheus and Alertmanager, which tell people: silence there").waitFor();
    expect(await other.getByText(/nobody is told/i).count()).toBe(0);
  });

  it("marks a host's open incidents on the fleet page and on its own", async () => {
    server.hosts = hostsOfTheNight(server.now);
    server.series = seriesOfTheNight(server.now);
    const fleet = await open("/");
    await fleet.locator(".fleet-incidents li").first().waitFor();
    expect(await fleet.locator(".fleet-incidents li").count()).toBe(3);
    await fleet.locator(".row").first().getByRole("link", { name: "critical incident" }).click();
    await fleet.waitForURL(/\/incidents\/42$/);
    const host = await open(`/hosts/${hostId(7)}`);
    await host.locator(".host-incidents").getByText("db-7 is proved outside").waitFor();
    expect(await host.locator(".band-incidents li").allTextContents()).toMatchObject(
      [/^40critical.*began/, /^42critical.*began/].map((form) => expect.stringMatching(form)),
    );
  });
});
