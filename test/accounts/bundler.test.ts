import { type Address, createPublicClient, encodeFunctionData, type Hex, http, parseUnits, type PrivateKeyAccount } from "viem";
import { createBundlerClient, type PackedUserOperation, toPackedUserOperation, type UserOperation } from "viem/account-abstraction";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type AccountChain, type StandingAccount } from "../../bench/accounts/owned.ts";
import { ENTRY_POINTS, type EntryPointVersion } from "../../bench/chain.ts";
import type { AccountKind } from "../../bench/system.ts";
import { type Stack, startStack } from "../../bundler-local/src/index.ts";
import {
  definePolicy,
  encodeGrantSessionKey,
  encodeInstallModule,
  equals,
  openzeppelin,
  readKeyState,
  toSessionKeyAccount,
} from "../../ts-sdk/src/index.ts";
import { checkTrace } from "../erc7562/check.ts";
import { traceValidation } from "../erc7562/tracer.ts";
import { describeViolation } from "../erc7562/violation.ts";
import { ROWS } from "./matrix.ts";
import { accountChain, CREATE, dollarsOf, endow, newKey } from "./stack.ts";
import { tokenAbi } from "./world.ts";
