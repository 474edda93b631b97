import { type Channel } from "../protocol/channel.ts";
import { SignerError } from "../protocol/errors.ts";
import { type WalletRequest, type WalletVerb } from "../protocol/wallet.ts";

/** How long to wait for a wallet process to start; a busy machine takes its time. */
const START_MS = 60_000;

/** The guardrails' end of the line to the wallet process, which comes and goes. */
export class WalletLink {
  readonly #supervisor: (order: "startWallet" | "endWallet") => void;
  #channel: Channel | undefined;
  #waiting: ((channel: Channel) => void)[] = [];
  #generation = 0;

  constructor(supervisor: (order: "startWallet" | "endWallet") => void) {
    this.#supervisor = supervisor;
  }

  get running(): boolean {
    return this.#channel !== undefined && !this.#channel.closed;
  }

  attach(channel: Channel): void {
    this.#channel = channel;
    for (const resolve of this.#waiting.splice(0)) resolve(channel);
  }

  async start(): Promise<void> {
    if (this.running) return;
    this.#supervisor("startWallet");
    let timer: NodeJS.Timeout | undefined;
    await Promise.race([
      new Promise((resolve) => this.#waiting.push(resolve)),
      new Promise((_, reject) => {
        timer = setTimeout(() => reject(new SignerError("wallet_unavailable", "The wallet process does not start.")), START_MS);
      }),
    ]).finally(() => clearTimeout(timer));
  }

  /** From here on no answer of the wallet counts, even one that is on its way. */
  end(): void {
    this.#generation++;
    this.#supervisor("endWallet");
    this.#channel?.close();
    this.#channel = undefined;
  }

  /** @throws SignerError of the wallet; `wallet_unavailable` if there is none, or it was ended meanwhile */
  async ask<verb extends WalletVerb>(verb: verb, body: WalletRequest<verb>): Promise<unknown> {
    const generation = this.#generation;
    const gone = (): SignerError => new SignerError("wallet_unavailable", "The wallet process is not running.");
    if (!this.#channel) throw gone();
    const answer = await this.#channel.ask(verb, body);
    if (generation !== this.#generation) throw gone();
    return answer;
  }
}
