import { describe, expect, it } from "vitest";
import { platformSettings } from "../../src/protocol/platformSettings.ts";
import { type GoogleCloud, type GoogleFaults, startGoogleCloud } from "./googleCloud.ts";
import { useSurroundings } from "./surroundings.ts";

const { inside, makeKey, findKey, makeKeyAlone, attest } = useSurroundings<GoogleFaults, GoogleCloud>(startGoogleCloud);

describe("keys sealed by Confidential Space's KMS key", () => {
  it("come back to the same image", async () => {
    const { address } = await makeKey();
    expect((await findKey()).address).toBe(address);
  });

  it("come back to no other image: the identity provider gives it no token", async () => {
    await makeKey();
    await expect(findKey({ otherImage: true })).rejects.toThrow(/STS's exchange failed: status 400/);
  });

  it.each<[string, GoogleFaults]>([
    ["the launcher answers no token", { launcher: "<html>" }],
    ["STS answers no access token", { sts: { token_type: "Bearer" } }],
    ["STS answers another kind of token", { sts: { access_token: "x", token_type: "MAC" } }],
    ["KMS does not know the access token", { sts: { access_token: "x", token_type: "Bearer" } }],
    ["KMS answers no ciphertext", { kms: () => ({ name: "x" }) }],
    ["KMS opens a key that is too short", { kms: (answer) => (answer["plaintext"] === undefined ? answer : { plaintext: "AAAA" }) }],
  ])("are not made when %s", async (_title, faults) => {
    await expect(makeKey(faults)).rejects.toMatchObject({ name: "PlatformError" });
  });

  it("are not made when there is no launcher", async () => {
    await expect(makeKeyAlone()).rejects.toMatchObject({ name: "PlatformError" });
  });
});

it("runs the whole signer, whose token the Confidential Space verifier accepts", async () => {
  await inside({}, async (cloud) => {
    expect(await attest(cloud, { confidentialSpace: cloud.policy() })).toMatchObject({ platform: "confidential-space", pinned: true, debug: false });
    expect(cloud.asked().map(({ path }) => path.split(":")[1])).toEqual(["encrypt", "decrypt"]);
  });
});

it.each(["http://kms.example", "ftp://localhost", "https:"])("speaks to no key service without TLS: %s", (url) => {
  const settings = { platform: "confidential-space", kms_key: "projects/p/locations/l/keyRings/r/cryptoKeys/k", provider: "//iam.googleapis.com/x", audience: "a" };
  expect(platformSettings.safeParse(settings).success).toBe(true);
  expect(platformSettings.safeParse({ ...settings, kms_url: url }).success).toBe(false);
});
