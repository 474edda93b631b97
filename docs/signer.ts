/**
 * The chain's part of docs/SIGNER.md: `npm run signer:example`. On the stack of `npm run stack`, brings a smart account
 * of the signer into being, has its owner grant the session's key, and lets the agent pay with it.
 *
 * Reads SIGNER (URL), OPERATOR, OWNER and TOKEN (credentials), WALLET and ACCOUNT (ids).
 */
import { definePolicy, equals, getGrantedPolicy, getSessionKey, grantSessionKey } from "@valet-keys/sdk";
import { createSignerAgent, findSignerError, request, type SignerSmartAccount, toSignerOwnerAccount, toSignerSessionAccount } from "@valet-keys/tee-signer";
import { type Address, createPublicClient, createWalletClient, erc20Abi, http, parseAbi, parseEther, parseUnits } from "viem";
import { createBundlerClient } from "viem/account-abstraction";
import { localAccounts } from "../bundler-local/src/accounts.ts";
import { localChain } from "../bundler-local/src/anvil.ts";
import { readRecord } from "../deploy/src/record.ts";

const setting = (name: string): string => {
  const value = process.env[name];
  if (value === undefined || value === "") throw new Error(`${name} is not set: docs/SIGNER.md says to what.`);
  return value;
};
const url = setting("SIGNER");
const path = `/v1/s2s/wallets/${setting("WALLET")}/smart-accounts/${setting("ACCOUNT")}`;
const account = (await request({ url, token: setting("OPERATOR") }, "GET", path)) as SignerSmartAccount;
const record = await readRecord(account.chain, "deployments");
const { rpcUrl, bundlerUrl, usdc } = (record?.local ?? {}) as { rpcUrl: string; bundlerUrl: string; usdc: Address };
if (!rpcUrl) throw new Error("There is no local stack: npm run stack.");

const chain = localChain(rpcUrl);
const client = createPublicClient({ chain, transport: http(rpcUrl), pollingInterval: 100 });
const bundler = createBundlerClient({ client, transport: http(bundlerUrl), pollingInterval: 100 });
const { deployer, liquidityProvider: shop } = localAccounts();

const owner = await toSignerOwnerAccount({ client, owner: { url, token: setting("OWNER") }, account });
if (!(await owner.isDeployed())) {
  // Anybody may create and fund it: its address was decided when it was registered.
  const anybody = createWalletClient({ account: deployer, chain, transport: http(rpcUrl) });
  const { factory = "0x", factoryData } = await owner.getFactoryArgs();
  const mint = { address: usdc, abi: parseAbi(["function mint(address to, uint256 amount)"]), functionName: "mint" } as const;
  const hashes = [
    await anybody.sendTransaction({ to: factory, data: factoryData }),
    await anybody.sendTransaction({ to: account.address, value: parseEther("1") }),
    await anybody.writeContract({ ...mint, args: [account.address, parseUnits("100", 6)] }),
  ];
  for (const hash of hashes) await client.waitForTransactionReceipt({ hash });
  console.log(`account   ${account.address} exists, with 1 ETH and 100 USDC`);
}

const agent = createSignerAgent({ url, token: setting("TOKEN") });
const { session_key: key } = await agent.getSession();
const { module } = account;
const policy = definePolicy({
  validUntil: Math.floor(Date.now() / 1000) + 24 * 3600,
  nativeLimit: { amount: parseEther("0.1"), period: "day" },
  tokenLimits: [{ token: usdc, amount: parseUnits("50", 6), period: "day" }],
  callPolicies: [{ target: usdc, abi: erc20Abi, functionName: "transfer", args: { recipient: equals(shop.address) } }],
});
const { standing } = await getSessionKey(client, { module, account: account.address, key });
if (standing === "notGranted") {
  // The owner key is in the signer. It signs grants, updates, pauses and revokes, and nothing else.
  await grantSessionKey(createBundlerClient({ account: owner, client, transport: http(bundlerUrl), pollingInterval: 100 }), { module, key, policy });
  console.log(`granted   ${key} may pay 50 USDC a day to ${shop.address}`);
}

const granted = await getGrantedPolicy(client, { module, account: account.address, key });
const session = await toSignerSessionAccount({ client, bundler, policy: granted, agent });
const amount = parseUnits(process.argv[2] ?? "5", 6);
try {
  const hash = await bundler.sendUserOperation({
    account: session,
    calls: [{ to: usdc, abi: erc20Abi, functionName: "transfer", args: [shop.address, amount] }],
  });
  const { success, receipt } = await bundler.waitForUserOperationReceipt({ hash });
  console.log(`${success ? "paid     " : "reverted "} in transaction ${receipt.transactionHash}`);
} catch (error) {
  const refusal = findSignerError(error);
  if (!refusal) throw error;
  console.log(`refused   ${refusal.code}: ${refusal.shortMessage}`);
}
