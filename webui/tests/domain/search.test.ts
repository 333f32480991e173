// SPDX-License-Identifier: Apache-2.0

import { describe, expect, it } from "vitest";
import { parseSearch, searchFor } from "@/domain/search";
import { row } from "../builders";

const rows = [
  row(30, { name: "postgres", commandLine: "/usr/bin/postgres --big" }),
  row(10, { name: "Alpha", commandLine: "alpha --postpone", userName: "ana", uid: 1000, container: "docker-3f2a.scope" }),
  row(200, { name: "ärger", userName: "mariana", uid: 10 }),
];

function found(text: string): number[] {
  const search = parseSearch(text);
  if (!search.valid) throw new Error(search.reason);
  return rows.filter(search.matches).map(({ pid }) => pid);
}

describe("words", () => {
  it("are found in names whatever their case, in command lines, and at the beginning of a process id", () => {
    expect(found("ALPH")).toEqual([10]);
    expect(found("--big")).toEqual([30]);
    expect(found("20")).toEqual([200]);
    expect(found("00")).toEqual([]);
  });

  it("are found in the user and the container, or in one of them alone", () => {
    expect(found("ana")).toEqual([10, 200]);
    expect(found("docker")).toEqual([10]);
    expect(found("user:ANA")).toEqual([10]);
    expect(found("usuario:1000")).toEqual([10]);
    expect(found("user:0")).toEqual([30]);
    expect(found("contenedor:3f2a alpha")).toEqual([10]);
    expect(found(searchFor("container", "docker"))).toEqual([10]);
    expect(found("/^docker-/")).toEqual([10]);
  });

  it("are not found in a user or container that is not known", () => {
    const unknown = row(1, { uid: undefined, container: undefined });
    for (const text of ["user:0", "user:undefined", "container:undefined", "undefined", "/undefined/"]) {
      const search = parseSearch(text);
      expect(search.valid && search.matches(unknown), text).toBe(false);
    }
  });

  it("with an unknown word before a colon are words", () => {
    expect(found("postgres:")).toEqual([]);
    expect(found("users:ana")).toEqual([]);
  });

  it("are all needed", () => {
    expect(found("post big")).toEqual([30]);
    expect(found("big alpha")).toEqual([]);
  });

  it("are text, not a pattern", () => {
    expect(found(".*")).toEqual([]);
    expect(found("(")).toEqual([]);
    expect(found("/usr/bin")).toEqual([30]);
  });

  it("may be none", () => {
    expect(parseSearch("  ")).toMatchObject({ valid: true, everything: true });
  });
});

describe("a regular expression between slashes", () => {
  it("is matched with name, command line and process id", () => {
    expect(found("/^post/")).toEqual([30]);
    expect(found("/post/")).toEqual([30, 10]);
    expect(found("/^(10|200)$/")).toEqual([10, 200]);
    expect(found(" /^ALPHA/i ")).toEqual([10]);
  });

  it("says when it is none", () => {
    const search = parseSearch("/(post/");
    expect(search).toMatchObject({ valid: false, cause: "wrong" });
    expect(search).toHaveProperty("reason", expect.stringContaining("("));
  });

  it("is refused where it might take for ever, whoever sent it in a link", () => {
    const costly = ["(a+)+$", "(a*)*b", "(a|a)*$", "(a|ab)+$", "((a+)b?)+", "(?:x+x+){2,}y", "([a-z]+)*$", "(a?){30}a", "(a+){10}", "a*a*a*a*b", "a?".repeat(20), "(a|b)(a|b)(a|b)(a|b)(a|b)c"];
    for (const source of costly) expect(parseSearch(`/${source}/`), source).toMatchObject({ valid: false, cause: "costly" });
  });

  it("is taken where it cannot", () => {
    const tame = [
      ...["^post", "post|mysql|java.*-jar|a.*b|c.*d|e.*f", "^(10|200)$", "(a+)?b", "https?://[^/]+/x", "(?=.*a)b", "[(+*|]+[)?]+"],
      ...[String.raw`(foo\.)+bar`, String.raw`\(a+\)+`, String.raw`java .*-jar .*\.jar`, String.raw`(\d{3}){2}`],
    ];
    for (const source of tame) expect(parseSearch(`/${source}/`), source).toMatchObject({ valid: true });
  });

  it("is given up when it takes more than a second at once, or a tenth of the time; all is shown then", () => {
    let now = 0;
    let takes = 0;
    const clock = () => (now += takes);
    const search = parseSearch("/^x/", clock);
    if (!search.valid) throw new Error("it is valid");
    const tryFor = (ms: number) => {
      takes = ms;
      const found = search.matches(rows[0] as (typeof rows)[number]);
      takes = 0;
      return found;
    };
    expect([tryFor(900), search.isGivenUp()]).toEqual([false, false]);
    now += 9_000;
    expect([tryFor(900), search.isGivenUp()]).toEqual([false, false]);
    expect([tryFor(200), search.isGivenUp()]).toEqual([false, true]);
    expect(tryFor(0)).toBe(true);
  });

  it("looks no further than into what is long already", () => {
    const long = { ...(rows[0] as (typeof rows)[number]), commandLine: `${"a".repeat(500)}needle${"a".repeat(500)}end` };
    const finds = (text: string) => {
      const search = parseSearch(text);
      return search.valid && search.matches(long);
    };
    expect([finds("/needle/"), finds("/end$/"), finds("end")]).toEqual([true, false, true]);
  });
});
