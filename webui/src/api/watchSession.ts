// SPDX-License-Identifier: Apache-2.0
//
// Holds one Watch stream, for as long as the page can be seen. When the stream breaks it tries
// again by itself, ever more slowly; what the page has chosen is not its business and is not lost.
// Where memmond refuses it asks now and then whether that has changed; for a token it waits.

import { Code, ConnectError } from "@connectrpc/connect";
import type { WatchResponse } from "@/gen/memmon/v1/memmon_pb";
import { type Backoff, backoffDelay, defaultBackoff } from "@/domain/backoff";
import type { Phase, Reason, Refusal } from "@/domain/connection";
import { isUnanswered } from "@/domain/failure";
import type { Applied } from "@/domain/processModel";

export interface WatchSessionOptions {
  /** Opens a stream; ends it when the signal says so. */
  readonly open: (signal: AbortSignal) => AsyncIterable<WatchResponse>;
  readonly onPhase: (phase: Phase) => void;
  /** A new stream begins. `resumed`: there was one before. */
  readonly onOpen: (resumed: boolean) => void;
  readonly onMessage: (message: WatchResponse) => Applied;
  readonly backoff?: Backoff;
  readonly random?: () => number;
  /** Silence after which the stream is given up; the service speaks every two seconds. */
  readonly silenceMs?: number;
}

const defaultSilenceMs = 15_000;
/** Somebody has to change something at memmond first. */
const refusedRetryMs = 20_000;

const refusals = new Map<Code, Refusal>([
  [Code.Unimplemented, "old"],
  [Code.Unauthenticated, "token"],
  [Code.PermissionDenied, "forbidden"],
]);

export class WatchSession {
  private stream: AbortController | undefined;
  private retryTimer: ReturnType<typeof setTimeout> | undefined;
  private silenceTimer: ReturnType<typeof setTimeout> | undefined;
  private attempt = 0;
  private opened = false;
  private running = false;
  private visible = true;

  constructor(private readonly options: WatchSessionOptions) {}

  start(): void {
    if (this.running) return;
    this.running = true;
    this.connect();
  }

  stop(): void {
    this.running = false;
    this.hangUp();
  }

  /** A hidden page holds no stream. */
  setVisible(visible: boolean): void {
    if (visible === this.visible) return;
    this.visible = visible;
    if (!this.running) return;
    this.hangUp();
    this.attempt = 0;
    this.connect();
  }

  /** Does not wait for the countdown, nor for what is refused. */
  retryNow(): void {
    if (!this.running || !this.visible || this.stream !== undefined) return;
    this.hangUp();
    this.connect();
  }

  private hangUp(): void {
    clearTimeout(this.retryTimer);
    clearTimeout(this.silenceTimer);
    this.retryTimer = undefined;
    this.silenceTimer = undefined;
    this.stream?.abort();
    this.stream = undefined;
  }

  /** `quietly`: what is told stays until there is something new to tell. */
  private connect(quietly = false): void {
    if (!this.visible) {
      this.options.onPhase({ name: "hidden" });
      return;
    }
    const stream = new AbortController();
    this.stream = stream;
    if (!quietly) this.options.onPhase({ name: "connecting", attempt: this.attempt });
    void this.read(stream);
  }

  private async read(stream: AbortController): Promise<void> {
    let reason: Reason = { kind: "ended", words: "" };
    let first = true;
    try {
      this.listenFor(stream);
      for await (const message of this.options.open(stream.signal)) {
        if (this.stream !== stream) return;
        this.listenFor(stream);
        if (first) {
          first = false;
          this.options.onOpen(this.opened);
          this.opened = true;
          this.options.onPhase({ name: "open" });
        }
        if (this.options.onMessage(message) === "resubscribe") {
          reason = { kind: "misfit", words: "" };
          break;
        }
        // Only a stream that gave something that fits is a success: else a service that breaks
        // at once would be asked again and again without a pause.
        this.attempt = 0;
      }
    } catch (error) {
      const { code, rawMessage: words } = ConnectError.from(error);
      const refusal = refusals.get(code);
      if (this.stream === stream && refusal !== undefined) return this.refused(refusal, words);
      reason = isUnanswered(error) ? { kind: first ? "unreachable" : "broken", words: "" } : { kind: "error", words };
    }
    if (this.stream === stream) this.retryLater(reason);
  }

  private listenFor(stream: AbortController): void {
    clearTimeout(this.silenceTimer);
    this.silenceTimer = setTimeout(() => {
      if (this.stream === stream) this.retryLater({ kind: "silent", words: "" });
    }, this.options.silenceMs ?? defaultSilenceMs);
  }

  private refused(refusal: Refusal, words: string): void {
    this.hangUp();
    this.attempt++;
    this.options.onPhase({ name: "refused", refusal, words });
    if (refusal !== "token") this.connectIn(refusedRetryMs, true);
  }

  private retryLater(reason: Reason): void {
    this.hangUp();
    this.attempt++;
    const delay = backoffDelay(this.attempt, this.options.backoff ?? defaultBackoff, this.options.random);
    this.options.onPhase({ name: "waiting", attempt: this.attempt, retryAtMs: Date.now() + delay, reason });
    this.connectIn(delay);
  }

  private connectIn(delayMs: number, quietly = false): void {
    this.retryTimer = setTimeout(() => {
      this.retryTimer = undefined;
      this.connect(quietly);
    }, delayMs);
  }
}
