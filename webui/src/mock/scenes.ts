// SPDX-License-Identifier: Apache-2.0

/** What the made-up service can play, as the page's address names it: ?scene=NAME. */
export const scenes = [
  /** All is well; processes come and go. The one that is played where none is named. */
  "live",
  /** As live, and none ends. */
  "steady",
  /** As steady, and node gives nothing back. */
  "leak",
  /** The first process ends after three seconds, and is soon forgotten. */
  "ending",
  /** As live, and one minute asked for 500 times what it did. */
  "spike",
  /** As live, and nothing was stored in the last quarter of an hour. */
  "stopped",
  /** As live, and memmond began anew three hours ago, after half an hour in which it did not run. */
  "restarted",
  /** A recording is played, without a database. */
  "recording",
  /** It came to its end. */
  "ended",
  /** The module is not there. */
  "waiting",
  /** Another program reads it. */
  "busy",
  /** memmond may not read it. */
  "failed",
  /** Nobody asks for anything. */
  "empty",
  /** The database cannot be reached. */
  "down",
  /** Live, without a database. */
  "nodb",
  /** Nor that, and records are lost. */
  "lossy",
  /** memmond is silent after two seconds. */
  "silent",
  /** The stream breaks after two seconds, and memmond is away for `&away=N` tries, or for good. */
  "broken",
  /** This page is too slow for all events, and records are lost. */
  "gap",
  /** memmond has no memory for all processes. */
  "untracked",
  /** Figures may be late. */
  "uncertain",
  /** A memmond that knows no history. */
  "old",
  /** It does not tell it. */
  "denied",
  /** Address spaces may not be looked into. */
  "coarse",
  /** Nor addresses and command lines seen. */
  "hidden",
  /** A memmond that does not know Watch. */
  "outdated",
  /** It wants "letmein". */
  "token",
  /** It does not let the page in. */
  "forbidden",
  /** It never answers. */
  "connecting",
] as const;
export type Scene = (typeof scenes)[number];

/** The scene of an address's query; throws for one that there is not. */
export function sceneOf(query: URLSearchParams): Scene {
  const name = query.get("scene") ?? "live";
  const scene = scenes.find((one) => one === name);
  if (scene === undefined) throw new Error(`there is no scene ${name}; there are ${scenes.join(", ")}`);
  return scene;
}
