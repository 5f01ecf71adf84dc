import { expect, it } from "vitest";
import { Asker } from "./asker.ts";
import { ask } from "./database.ts";
import { PASSWORD, personOf, SIGN_IN } from "./people-world.ts";
import { serverForTests } from "./server-under-test.ts";

const tested = serverForTests(() => ({ people: SIGN_IN }));
const asker = () => new Asker(tested.server.peopleUrl);

it("somebody who guesses is refused by a wrong name as by a wrong password, and has to wait after ten tries", async () => {
  const ada = await personOf(tested, "wait", "viewer");
  expect((await ada.post("/api/v1/me/password", { old: null, new: PASSWORD })).status).toBe(200);
  const answers = [];
  for (let round = 0; round < 11; round += 1)
    answers.push(await asker().post("/api/v1/sign-in", { name: "wait", password: `wrong ${round}` }));
  expect(answers.slice(0, 10).map(({ body }) => body.detail)).toEqual(Array(10).fill("Cannot sign in: the name or the password is wrong"));
  expect(answers[10]).toMatchObject({ status: 429, body: { code: "rate" } });
  expect(Number(answers[10]?.headers.get("retry-after"))).toBeGreaterThan(0);
  expect(await asker().post("/api/v1/sign-in", { name: "wait", password: PASSWORD })).toMatchObject({ status: 429 });
  const written = () => ask(tested.url, "select count(*)::int as tries from people_action where operation = 'signIn'");
  const before = await written();
  expect(await asker().post("/api/v1/sign-in/link", { secret: "x" })).toMatchObject({ status: 429 });
  expect(await written(), "a stranger who waits fills no book").toEqual(before);
  expect(before).toEqual([{ tries: 10 }]);
});
