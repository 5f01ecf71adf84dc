import { expect, it } from "vitest";
import type { ReportRow } from "../report/shelf.ts";
import { askReport, type ReportQuestions } from "./reports.ts";

const ID = "3f0c3a1e-0000-4000-8000-000000000001";

it("never says that a report was made and has none, though it is made while that is asked", async () => {
  let state = "making";
  const questions = {
    shelf: {
      find: async (): Promise<ReportRow | null> => {
        state = "made";
        return null;
      },
    },
    jobs: { find: () => ({ id: ID, state }) },
    file: async () => null,
  } as unknown as ReportQuestions;
  expect(await askReport(questions, { id: ID })).toMatchObject({ report: null, job: { state: "making" } });
});
