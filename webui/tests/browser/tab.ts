// SPDX-License-Identifier: Apache-2.0
//
// A tab that is really hidden and really frozen. Playwright has every page believe that it is seen, and
// Chromium freezes none that is: so this one stands in a context that playwright does not know, and is
// spoken to over the browser's own session.

import { chromium } from "playwright-core";
import { inject } from "vitest";
import { flags } from "./page";

export interface Tab {
  /** What the function says, which sees nothing but the page. */
  ask<Answer>(what: () => Answer): Promise<Answer>;
  /** Another tab is looked at; or this one again. */
  hide(): Promise<void>;
  show(): Promise<void>;
  /** No task of the page's runs until it is thawed. It has to be hidden. */
  freeze(): Promise<void>;
  thaw(): Promise<void>;
  /** Errors of the page's scripts. */
  readonly problems: readonly string[];
  close(): Promise<void>;
}

type Params = Readonly<Record<string, unknown>>;
interface Reply {
  readonly id?: number;
  readonly method?: string;
  readonly result?: { readonly result?: { readonly value?: unknown }; readonly exceptionDetails?: { readonly text: string } };
  readonly error?: { readonly message: string };
  readonly params?: { readonly exceptionDetails?: { readonly text: string } };
}

/** The page at `address`, as openBrowser's, which may show notifications. */
export async function openTab(address: string): Promise<Tab> {
  const browser = await chromium.launch({ executablePath: "/usr/bin/chromium", args: flags });
  const root = await browser.newBrowserCDPSession();
  const { browserContextId } = await root.send("Target.createBrowserContext");
  const url = inject("pageUrl");
  await root.send("Browser.grantPermissions", { permissions: ["notifications"], origin: new URL(url).origin, browserContextId });
  const { targetId } = await root.send("Target.createTarget", { url: "about:blank", browserContextId });
  const { sessionId } = await root.send("Target.attachToTarget", { targetId, flatten: false });

  const problems: string[] = [];
  const waiting = new Map<number, (reply: Reply) => void>();
  root.on("Target.receivedMessageFromTarget", ({ message }) => {
    const reply = JSON.parse(message) as Reply;
    if (reply.method === "Runtime.exceptionThrown") problems.push(reply.params?.exceptionDetails?.text ?? "");
    if (reply.id !== undefined) waiting.get(reply.id)?.(reply);
  });
  let sent = 0;
  async function send(method: string, params: Params = {}): Promise<Reply["result"]> {
    const id = ++sent;
    const replied = new Promise<Reply>((resolve) => waiting.set(id, resolve));
    await root.send("Target.sendMessageToTarget", { sessionId, message: JSON.stringify({ id, method, params }) });
    const { result, error } = await replied;
    waiting.delete(id);
    if (error !== undefined) throw new Error(`${method}: ${error.message}`);
    return result;
  }
  await send("Runtime.enable");
  await send("Page.enable");
  await send("Page.navigate", { url: url + address });
  let other: string | undefined;
  return {
    problems,
    async ask<Answer>(what: () => Answer) {
      const answer = await send("Runtime.evaluate", { expression: `(${String(what)})()`, returnByValue: true, awaitPromise: true });
      if (answer?.exceptionDetails !== undefined) throw new Error(answer.exceptionDetails.text);
      return answer?.result?.value as Answer;
    },
    async hide() {
      other ??= (await root.send("Target.createTarget", { url: "about:blank", browserContextId })).targetId;
      await root.send("Target.activateTarget", { targetId: other });
    },
    async show() {
      await root.send("Target.activateTarget", { targetId });
    },
    async freeze() {
      await send("Page.setWebLifecycleState", { state: "frozen" });
    },
    async thaw() {
      await send("Page.setWebLifecycleState", { state: "active" });
    },
    close: () => browser.close(),
  };
}
