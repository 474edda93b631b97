import { describe, expect, it } from "vitest";
import { RateLimit } from "../../src/guardrails/rateLimit.ts";
import { FailedAttempts } from "../../src/http/failedAttempts.ts";

const MINUTE = 60_000;

describe("RateLimit", () => {
  const code = (run: () => void): unknown => {
    try {
      return run();
    } catch (error) {
      return (error as { figures: unknown }).figures;
    }
  };

  it("takes as many at once as go into a minute, and says when the next is due", () => {
    const limit = new RateLimit();
    expect([1, 2, 3].map(() => code(() => limit.take("s", 3, 0)))).toEqual([undefined, undefined, undefined]);
    expect(code(() => limit.take("s", 3, 0))).toEqual({ limit: 3, retry_at: "1970-01-01T00:00:20.000Z", retry_after_ms: 20_000 });
  });

  it("takes one more exactly when it has said so", () => {
    const limit = new RateLimit();
    for (let i = 0; i < 3; i++) limit.take("s", 3, 0);
    expect(code(() => limit.take("s", 3, 19_999))).toBeDefined();
    expect(code(() => limit.take("s", 3, 20_000))).toBeUndefined();
  });

  it("saves up no more than a minute's worth, and counts nobody for another", () => {
    const limit = new RateLimit();
    limit.take("s", 1, 0);
    limit.take("other", 1, 0);
    limit.take("s", 1, 60 * MINUTE);
    expect(code(() => limit.take("s", 1, 60 * MINUTE))).toBeDefined();
  });

  it("is not fooled by a clock that goes backwards", () => {
    const limit = new RateLimit();
    limit.take("s", 1, MINUTE);
    expect(code(() => limit.take("s", 1, 0))).toBeDefined();
  });
});

describe("FailedAttempts", () => {
  it("answers 429 from the hundred and first wrong token of a minute on, to that address", () => {
    const failed = new FailedAttempts();
    for (let i = 0; i < 100; i++) expect(failed.note("a", MINUTE)).toBeUndefined();
    expect(failed.note("a", MINUTE)).toMatchObject({ code: "rate_limited", figures: { retry_after_ms: MINUTE } });
    expect(failed.note("b", MINUTE)).toBeUndefined();
    expect(failed.note("a", 2 * MINUTE)).toBeUndefined();
  });
});
