import { type Address, encodeFunctionData, erc20Abi, hashTypedData, parseAbi, parseEther } from "viem";
import { generatePrivateKey, privateKeyToAccount } from "viem/accounts";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { VERIFIER_CONTRACTS } from "../../../deploy/contracts.ts";
import { deployModule } from "../../../deploy/deployModule.ts";
import { planContracts } from "../../../deploy/src/plan.ts";
import { creationBy } from "../../../deploy/src/proxy.ts";
import { type KeySigner, type P256Support, toContractSigner, toEoaSigner, toMultisigSigner, toP256Signer, toWebAuthnSigner } from "../../../ts-sdk/src/signers/index.ts";
import { softwareP256, softwarePasskey } from "../../utils/passkey.ts";
import { ACCOUNT_KINDS, makeAccount } from "../accounts.ts";
import type { Hardfork } from "../anvil.ts";
import { type Chain, deploy, handleOp, send, sendAs, startChain, succeeded } from "../chain.ts";
import { checkTrace } from "../check.ts";
import { CORE_PRECOMPILES } from "../context.ts";
import { ENTRY_POINTS, ENTRY_POINT_VERSIONS } from "../entry-points.ts";
import { type SessionKey, type TestPolicy, grantKey, selectorOf, sessionOperation } from "../session-key.ts";
import { traceValidation } from "../tracer.ts";
import { describeViolation } from "../violation.ts";

const NOON = BigInt(Date.UTC(2027, 5, 9, 12, 10) / 1000);
const MOCK_ERC20 = parseAbi(["function mint(address to, uint256 amount)"]);
const RECIPIENT: Address = "0x00000000000000000000000000000000000a11ce";
const eoa = () => toEoaSigner(privateKeyToAccount(generatePrivateKey()));
const KINDS: Record<string, (p256: P256Support) => KeySigner> = {
  "P-256": (p256) => toP256Signer({ ...softwareP256(), p256 }),
  passkey: (p256) => toWebAuthnSigner({ ...softwarePasskey(), userVerification: "required", p256 }),
  multisig: (p256) => toMultisigSigner({ members: [eoa(), eoa(), toP256Signer({ ...softwareP256(), p256 }).signer], threshold: 2 }),
};

/** A verifier's key as these tests have keys: its bytes for an address. */
const keyOf = (signer: KeySigner): SessionKey["key"] => ({
  address: signer.signer,
  signTypedData: (data) => signer.sign({ hash: hashTypedData(data as never) }),
});

describe.each<[Hardfork, P256Support]>([["prague", "solidity"], ["osaka", "precompile"], ["osaka", "solidity"]])("%s, %s", (hardfork, p256) => {
  let chain: Chain;
  let module: Address;
  let token: Address;
  beforeAll(async () => {
    chain = await startChain(["--timestamp", String(NOON)], hardfork);
    module = await deployModule((name, args) => deploy(chain, name, args));
    token = await deploy(chain, "MockERC20", ["A", "A"]);
    for (const planned of await planContracts(VERIFIER_CONTRACTS)) await send(chain, { ...creationBy(planned), gas: 10_000_000n });
  });
  afterAll(() => chain.stop());

  const data = encodeFunctionData({ abi: erc20Abi, functionName: "transfer", args: [RECIPIENT, 1n] });
  const policy = (): TestPolicy => ({
    settings: { validAfter: NOON - 3_600n, validUntil: NOON + 86_400n, nativeLimit: { amount: parseEther("1"), period: "day" }, rateLimit: undefined, maxUses: 0n, cooldown: 0n },
    header: { meters: [{ token, tag: 0, period: "day", cap: 1_000n }], paymasters: [], pinnedCode: undefined },
    permissions: [{ kind: "exact", mark: "charged", target: token, selector: selectorOf(data), maxValue: 0n, conditions: [] }],
  });

  describe.each(ENTRY_POINT_VERSIONS)("EntryPoint %s", (version) => {
    describe.each(ACCOUNT_KINDS)("%s account", (kind) => {
      const run = async (signer: KeySigner) => {
        const account = await makeAccount(chain, kind, version, module);
        await sendAs(chain, chain.sender, token, encodeFunctionData({ abi: MOCK_ERC20, args: [account.address, 10n ** 6n] }));
        const session = await grantKey(chain, version, account.address, module, policy(), keyOf(signer));
        const { timestamp } = await chain.client.getBlock();
        const userOp = await sessionOperation(chain, session, [{ target: token, data, permission: 0 }], { validAfter: timestamp - 1n, validUntil: timestamp + 60n });
        const trace = await traceValidation(chain.client, ENTRY_POINTS[version], userOp);
        expect(trace.completed).toBe(true);
        const precompiles = p256 === "precompile" ? [...CORE_PRECOMPILES, 0x100] : CORE_PRECOMPILES;
        const violations = checkTrace(trace, { entryPoint: ENTRY_POINTS[version], sender: account.address, precompiles });
        return { violations: violations.map(describeViolation), executed: succeeded(await handleOp(chain, version, userOp)) };
      };

      it.each(Object.entries(KINDS))("a session key that is a %s breaks no rule, and its operation lands", async (_, make) => {
        expect(await run(make(p256))).toEqual({ violations: [], executed: true });
      });

      it("a session key that is a contract is found out", async () => {
        const owner = privateKeyToAccount(generatePrivateKey());
        const contract = await deploy(chain, "SigningContract", [owner.address]);
        const { violations } = await run(toContractSigner({ address: contract, sign: ({ hash }) => owner.sign({ hash }) }));
        expect(violations).toEqual([expect.stringMatching(/^STO-/)]);
      });
    });
  });
});
