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
    expect(search.valid).toBe(false);
    expect(search).toHaveProperty("reason", expect.stringContaining("("));
  });
});
