// SPDX-License-Identifier: Apache-2.0

import { create } from "@bufbuild/protobuf";
import { describe, expect, it } from "vitest";
import { databaseProblems } from "@/domain/databaseProblem";
import { DatabaseStatusSchema, DatabaseStatus_Cause as Cause, DatabaseStatus_State as State } from "@/gen/memmon/v1/status_pb";
import { database as english } from "@/i18n/en/database";

const { CONNECTED, DOWN } = State;
const problemsOf = (state: State, causes: readonly Cause[], problem = "words") =>
  databaseProblems(create(DatabaseStatusSchema, { state, causes: [...causes], problem }));

describe("what keeps events from being stored", () => {
  it("has words of its own for each cause", () => {
    const causes = Object.values(Cause).filter((cause) => typeof cause === "number");
    const problems = problemsOf(DOWN, causes);
    expect(new Set(problems).size).toBe(causes.length);
    const words = new Set(problems.flatMap((problem) => [english[`database.problem.${problem}`], english[`database.todo.${problem}`]]));
    expect(words.size).toBe(2 * causes.length);
  });

  it("is all that is wrong, also while it is connected", () => {
    expect(problemsOf(DOWN, [Cause.REFUSED, Cause.SPOOL_FULL])).toEqual(["refused", "spoolFull"]);
    expect(problemsOf(CONNECTED, [Cause.TABLES_FULL])).toEqual(["tablesFull"]);
  });

  it("is told by memmond alone where that is older, or newer", () => {
    expect(problemsOf(DOWN, [])).toEqual(["other"]);
    expect(problemsOf(DOWN, [], "")).toEqual(["other"]);
    expect(problemsOf(CONNECTED, [])).toEqual(["other"]);
    expect(problemsOf(DOWN, [99 as Cause])).toEqual(["other"]);
  });

  it("is nothing where all is well, or nobody knows", () => {
    expect(problemsOf(CONNECTED, [], "")).toEqual([]);
    expect(problemsOf(State.OFF, [], "")).toEqual([]);
    expect(databaseProblems(undefined)).toEqual([]);
  });
});
