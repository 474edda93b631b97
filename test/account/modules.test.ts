import { type Address, concat, encodeFunctionData, encodePacked, type Hex, parseAbi, size, toHex, zeroAddress } from "viem";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { fixedAccount } from "../../bench/chain.ts";
import { moduleAbi } from "../../bench/system.ts";
import {
  accountAbi,
  callRefusedBy,
  eoaOwner,
  type Fixture,
  openFixture,
  operation,
  payment,
  received,
  refusedBy,
  signTogether,
  stranger,
} from "./fixture.ts";

const owner = fixedAccount(80);
const guardian = fixedAccount(83);
const VALIDATOR = 1n;

/** A session key's signature that is well formed up to its leaves: window, evidence (signer, header without meters). */
const evidence = concat(["0x15", "0x01", stranger.address, "0x0003", "0x000000"]);
const keySignature = concat(["0x0000000001", "0x0000000002", toHex(size(evidence), { size: 2 }), evidence]);

describe.each(["delegated", "owned"] as const)("modules of a %s account", (kind) => {
  let fixture: Fixture;
  let account: Address;
  let restore: () => Promise<void>;
  const sign = (hash: Hex) => (kind === "owned" ? signTogether([eoaOwner(owner)], hash) : owner.sign({ hash }));
  const asOwner = async (data: Hex) =>
    received(fixture.chain, await operation(fixture.chain, account, { target: account, data }, sign));
  const change = (functionName: "installModule" | "uninstallModule", module: Address, data: Hex = "0x") =>
    encodeFunctionData({ abi: accountAbi, functionName, args: [VALIDATOR, module, data] });
  const isInstalled = (module: Address) =>
    fixture.chain.client.readContract({
      address: account,
      abi: accountAbi,
      functionName: "isModuleInstalled",
      args: [VALIDATOR, module, "0x"],
    });
  const pauseData = () => encodeFunctionData({ abi: moduleAbi, functionName: "pauseAccount", args: [account] });

  beforeAll(async () => {
    fixture = await openFixture();
    account =
      kind === "owned"
        ? await fixture.createOwned([eoaOwner(owner)], 1n, guardian.address)
        : await fixture.createDelegated(owner);
    if (kind === "delegated") {
      await asOwner(change("installModule", fixture.module, encodePacked(["uint8", "address"], [1, guardian.address])));
    }
    restore = await fixture.chain.snapshot();
  });
  beforeEach(async () => {
    await restore();
    restore = await fixture.chain.snapshot();
  });
  afterAll(() => fixture.chain.close());

  it("the session key module knows the guardian it was installed with", async () => {
    const { chain, module } = fixture;
    expect(await isInstalled(module)).toBe(true);
    expect(await callRefusedBy(chain, guardian.address, module, pauseData())).toBeUndefined();
    expect(await callRefusedBy(chain, stranger.address, module, pauseData())).toBe("CallerNotAllowed");
  });

  it("once uninstalled, the session key module lets no key in, and forgets the guardian", async () => {
    const { chain, module } = fixture;
    await asOwner(change("uninstallModule", module));
    expect(await isInstalled(module)).toBe(false);
    const op = await operation(chain, account, payment(1n), async () => keySignature, { validator: module });
    expect(await refusedBy(chain, op)).toBe("ModuleNotInstalled");
    expect(await callRefusedBy(chain, guardian.address, module, pauseData())).toBe("CallerNotAllowed");
  });

  it("the owner's signature is worth nothing in the lane of session keys", async () => {
    const { chain, module } = fixture;
    const op = await operation(chain, account, payment(1n), sign, { validator: module });
    expect(await refusedBy(chain, op)).toBe("EvidenceMalformed");
  });

  it("another validator answers in a lane of its own, as soon as it is installed", async () => {
    const { chain } = fixture;
    const validator = await chain.deploy("MockValidator");
    const inLane = () => operation(chain, account, payment(1n), async () => "0x00", { validator });
    // Until then the owner would have to sign.
    expect(await refusedBy(chain, await inLane())).toBe("AA24 signature error");
    await asOwner(change("installModule", validator, "0x01"));
    expect(await received(chain, await inLane())).toBe(1n);
    const refuse = encodeFunctionData({ abi: parseAbi(["function answer(uint256)"]), args: [1n] });
    await chain.send({ from: stranger, to: validator, data: refuse });
    expect(await refusedBy(chain, await inLane())).toBe("AA24 signature error");
  });

  it("nobody but the account itself installs or uninstalls", async () => {
    const { chain, module } = fixture;
    for (const from of [stranger.address, guardian.address, module]) {
      for (const data of [change("installModule", zeroAddress), change("uninstallModule", module)]) {
        expect(await callRefusedBy(chain, from, account, data)).toBe("AccountUnauthorized");
      }
    }
  });
});
