/** The endpoint of a page without a server: a worker with the graph in it. */

import { type Answer, answerOf, type Endpoint, Mistake, type Query } from "./endpoint";

/** What the worker begins with: bytes, or addresses to fetch them from; `data` is N-Quads in gzip. */
export interface Opening {
  readonly kind: "open";
  readonly wasm: ArrayBuffer | string;
  readonly data: ArrayBuffer | string;
  readonly base: string;
  readonly prefixes: Readonly<Record<string, string>>;
}

export interface Asking {
  readonly kind: "ask";
  readonly number: number;
  readonly sparql: string;
}

export type Message = Opening | Asking;

export interface Failure {
  readonly message: string;
  readonly line?: number;
  readonly column?: number;
}

export type Reply =
  | { readonly number: number; readonly body: string }
  | { readonly number: number; readonly mistake: Failure };

type Waiting = { resolve: (answer: Answer) => void; reject: (error: unknown) => void };

/** Asks a worker. A query that is given up ends with its worker, and a new one is opened. */
export class WorkerEndpoint implements Endpoint {
  private worker: Worker | undefined;
  private readonly waiting = new Map<number, Waiting>();
  private number = 0;

  constructor(
    private readonly program: string,
    private readonly opening: Omit<Opening, "kind">,
  ) {}

  ask(query: Query, signal?: AbortSignal): Promise<Answer> {
    const worker = this.start();
    this.number += 1;
    const number = this.number;
    return new Promise((resolve, reject) => {
      this.waiting.set(number, { resolve, reject });
      signal?.addEventListener("abort", () => this.stop());
      worker.postMessage({ kind: "ask", number, sparql: query.sparql } satisfies Asking);
    });
  }

  private start(): Worker {
    if (!this.worker) {
      this.worker = new Worker(this.program);
      this.worker.onmessage = ({ data }: MessageEvent<Reply>) => this.take(data);
      this.worker.onerror = (event) => this.fail(new Mistake(event.message));
      this.worker.postMessage({ kind: "open", ...this.opening } satisfies Opening);
    }
    return this.worker;
  }

  private stop(): void {
    if (!this.waiting.size) return;
    this.worker?.terminate();
    this.worker = undefined;
    this.fail(new DOMException("stopped", "AbortError"));
  }

  private take(reply: Reply): void {
    const asker = this.waiting.get(reply.number);
    this.waiting.delete(reply.number);
    if ("mistake" in reply) {
      const { message, line, column } = reply.mistake;
      asker?.reject(new Mistake(message, line, column));
    } else {
      const isJson = reply.body.startsWith("{");
      asker?.resolve(
        isJson ? answerOf(JSON.parse(reply.body)) : { kind: "text", text: reply.body },
      );
    }
  }

  private fail(error: unknown): void {
    for (const { reject } of this.waiting.values()) reject(error);
    this.waiting.clear();
  }
}
