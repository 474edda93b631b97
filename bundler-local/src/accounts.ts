import { type Hex, toHex } from "viem";
import { mnemonicToAccount, type PrivateKeyAccount, privateKeyToAccount } from "viem/accounts";

/**
 * What every local chain uses; anvil funds the first accounts with 10,000 ETH each. Everybody knows these keys: they
 * are good for chains that hold nothing.
 */
const MNEMONIC = "test test test test test test test test test test test junk";

/** In the order of the mnemonic's accounts. */
const NAMES = ["owner", "guardian", "agent", "secondAgent", "attacker", "liquidityProvider", "deployer", "executor", "utility"] as const;

export type AccountName = (typeof NAMES)[number];

/** The accounts of the local chain by what they are for; each holds 10,000 ETH at first. */
export type LocalAccounts = Readonly<Record<AccountName, PrivateKeyAccount>>;

/** The keys of {@link localAccounts}. */
export function localPrivateKeys(): Record<AccountName, Hex> {
  // Stretching the mnemonic is the slow part: once is enough.
  const parent = mnemonicToAccount(MNEMONIC, { path: "m/44'/60'/0'/0" }).getHdKey();
  const keys = NAMES.map((name, i) => {
    const { privateKey } = parent.deriveChild(i);
    if (!privateKey) throw new TypeError("a key that was derived from a mnemonic is missing");
    return [name, toHex(privateKey)];
  });
  return Object.fromEntries(keys) as Record<AccountName, Hex>;
}

/** The accounts of those keys. */
export function localAccounts(keys: Record<AccountName, Hex> = localPrivateKeys()): LocalAccounts {
  const accounts = NAMES.map((name) => [name, privateKeyToAccount(keys[name])]);
  return Object.fromEntries(accounts) as Record<AccountName, PrivateKeyAccount>;
}
