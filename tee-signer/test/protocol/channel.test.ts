import { type Socket } from "node:net";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { Channel } from "../../src/protocol/channel.ts";
import { SignerError } from "../../src/protocol/errors.ts";
import { socketPair } from "../../src/supervisor/socketPair.ts";

let sockets: readonly [Socket, Socket];
let near: Channel;
let far: Channel;
beforeEach(async () => {
  sockets = await socketPair();
  [near, far] = [new Channel(sockets[0]), new Channel(sockets[1])];
});
afterEach(() => {
  near.close();
  far.close();
});

describe("a channel", () => {
  it("answers each question with its own answer, whatever the order", async () => {
    far.answer(async (_verb, body) => {
      const wait = Number(body);
      await new Promise((resolve) => setTimeout(resolve, wait));
      return wait;
    });
    expect(await Promise.all([20, 0, 10].map((wait) => near.ask("wait", wait)))).toEqual([20, 0, 10]);
  });

  it("carries a refusal over with its code and figures", async () => {
    far.answer(async () => {
      throw new SignerError("rate_limited", "Too many.", { limit: 3 });
    });
    await expect(near.ask("x", {})).rejects.toMatchObject({ code: "rate_limited", status: 429, shortMessage: "Too many.", figures: { limit: 3 } });
  });

  it("says of a bug only that it is one", async () => {
    far.answer(async () => {
      throw new TypeError("the key is 0x1234");
    });
    await expect(near.ask("x", {})).rejects.toMatchObject({ code: "internal", message: expect.not.stringContaining("0x1234") });
  });

  it("leaves nobody waiting when the other end dies", async () => {
    far.answer(() => new Promise(() => undefined));
    const asked = near.ask("x", {});
    far.close();
    await expect(asked).rejects.toMatchObject({ code: "wallet_unavailable" });
    await expect(near.ask("x", {})).rejects.toMatchObject({ code: "wallet_unavailable" });
  });

  it.each([
    ["what is no JSON", "{]\n"],
    ["a line without end", "x".repeat((1 << 20) + 1)],
    ["null", "null\n"],
  ])("closes at %s", async (_title, bytes) => {
    const closed = new Promise<void>((resolve) => near.onClose(resolve));
    sockets[1].write(bytes);
    await closed;
    expect(near.closed).toBe(true);
  });

  it("tells events in their order", async () => {
    const heard: unknown[] = [];
    const all = new Promise<void>((resolve) => near.onEvent((event, body) => heard.push([event, body]) === 2 && resolve()));
    far.tell("a", 1);
    far.tell("b", 2);
    await all;
    expect(heard).toEqual([["a", 1], ["b", 2]]);
  });
});
