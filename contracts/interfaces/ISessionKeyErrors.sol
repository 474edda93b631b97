// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

/// @title Every way in which the module says no
/// @notice One error per rule, each with the figures that broke it. Times are seconds since 1970, native amounts are
/// wei, token amounts are the token's own units. `resetsAt` is the first second at which the limit is whole again, or
/// `type(uint48).max` if it never is.
interface ISessionKeyErrors {
    // ------------------------------------------------------------------ who may call

    /// @notice `caller` may not do this for `account`.
    error CallerNotAllowed(address account, address caller);
    /// @notice The account has not installed the module for `moduleType` (1 validator, 2 executor).
    error ModuleNotInstalled(address account, uint256 moduleType);
    /// @notice The module cannot be installed as `moduleType`.
    error ModuleTypeUnsupported(uint256 moduleType);
    /// @notice Install data is `moduleType (1) · guardian (20)? · (routeLength (1) · route)?`; `length` bytes came.
    error InstallDataMalformed(uint256 length);
    /// @notice The account's epoch has reached its last value and can not be raised again.
    error EpochExhausted(uint256 epoch);

    // ------------------------------------------------------------------ is the key alive

    /// @notice No grant of this key is alive for this account: never granted, or revoked.
    error KeyNotGranted(bytes32 keyId);
    /// @notice Every key of the account was revoked after this one was granted.
    error KeyEpochOutdated(bytes32 keyId, uint256 keyEpoch, uint256 accountEpoch);
    /// @notice The key is paused; the account can resume it.
    error KeyPaused(bytes32 keyId);
    /// @notice The account has paused all its keys and can resume them.
    error AccountPaused(address account);
    /// @notice The account's code is not the one the policy is pinned to.
    error AccountCodeChanged(bytes32 pinned, bytes32 actual);

    // ------------------------------------------------------------------ the operation's window

    /// @notice `validUntil` is 0, not after `validAfter`, or a time does not fit 36 bits.
    error WindowMalformed(uint256 validAfter, uint256 validUntil);
    /// @notice The operation's window leaves the key's own.
    error WindowOutsideKey(uint256 validAfter, uint256 validUntil, uint256 keyValidAfter, uint256 keyValidUntil);
    /// @notice The window starts in one period and ends in another, so that no period could be charged.
    error WindowCrossesPeriod(uint256 period, uint256 validAfter, uint256 validUntil);
    /// @notice The window lies in a period before the one already counted (`countedUntil`).
    error WindowBeforeCounted(uint256 period, uint256 validUntil, uint256 countedUntil);

    // ------------------------------------------------------------------ call data and evidence

    /// @notice The operation carries init code of `length` bytes: more than a marker of 20, so a call to the account or a
    /// factory that no permission covers.
    error InitCodeForbidden(uint256 length);
    /// @notice The account function called is not `execute(bytes32,bytes)`, nor `executeUserOp` around it under a policy
    /// that says that the account forces it.
    error AccountFunctionForbidden(bytes4 selector);
    /// @notice The execution mode is not single or batch, default or try, or carries anything else.
    error ModeForbidden(bytes32 mode);
    /// @notice The call data is not in its one canonical encoding; `offset` counts from its first byte.
    error CallDataMalformed(uint256 offset);
    /// @notice The batch has no calls.
    error BatchEmpty();
    /// @notice The evidence is not in its one encoding; `offset` counts from the signature's first byte.
    error EvidenceMalformed(uint256 offset);
    /// @notice The signer is not `kind · key` of a known kind and right length.
    error SignerMalformed(bytes signer);

    // ------------------------------------------------------------------ what a call may be

    /// @notice No policy can allow this target: the account, the module, an EntryPoint, or `address(0)`.
    error TargetForbidden(uint256 callIndex, address target);
    /// @notice The call's data has 1 to 3 bytes, which no permission covers.
    error SelectorIncomplete(uint256 callIndex, uint256 length);
    /// @notice A wildcard never covers this selector: it moves or approves tokens, or installs modules.
    error SelectorForbiddenByWildcard(uint256 callIndex, bytes4 selector);
    /// @notice The policy under `policyRoot` has no permission that covers this call as the evidence claims.
    error CallNotPermitted(uint256 callIndex, address target, bytes4 selector, bytes32 policyRoot);
    /// @notice The call touches a metered token under a permission that is neither charged nor `uncapped`.
    error TokenNotCharged(uint256 callIndex, address token, bytes4 selector);
    /// @notice The call carries more value than its permission allows for one call.
    error CallValueExceeded(uint256 callIndex, uint256 maxValue, uint256 value);
    /// @notice The argument word `wordIndex` is not the pinned one.
    error PinnedWordMismatch(uint256 callIndex, uint256 wordIndex, bytes32 expected, bytes32 actual);
    /// @notice The call data ends before argument word `wordIndex`.
    error ArgumentMissing(uint256 callIndex, uint256 wordIndex, uint256 length);

    // ------------------------------------------------------------------ what its arguments must be

    /// @notice No comparison of clause `clauseIndex` holds. `value` is the last one found, of a byte string its hash.
    error ConditionFailed(uint256 callIndex, uint256 clauseIndex, bytes32 value);
    /// @notice The path leaves the call's data: what begins at `position` does not lie within them.
    error PathOutOfData(uint256 callIndex, bytes path, uint256 position);
    /// @notice The array that the path walks has `length` elements, not more than `index`.
    error ElementMissing(uint256 callIndex, bytes path, uint256 index, uint256 length);
    /// @notice The offset at `position` is not a multiple of 32, points before the end of its own head, or does not lead
    /// behind what an offset before it leads to.
    error OffsetNotCanonical(uint256 callIndex, bytes path, uint256 position, uint256 offset);
    /// @notice The word that the path finds is wider than its type.
    error WordNotClean(uint256 callIndex, bytes path, bytes32 word);
    /// @notice The byte string that the path enters is not a call of `expected` (`actual` is 0 below 4 bytes).
    error NestedCallMismatch(uint256 callIndex, bytes path, bytes4 expected, bytes4 actual);
    /// @notice Clause `clauseIndex` asks for one more set proof than the leaf carries.
    error SetProofMissing(uint256 callIndex, uint256 clauseIndex);
    /// @notice The leaf carries `length` bytes of set proofs and its conditions use `used` of them.
    error SetProofsUnused(uint256 callIndex, uint256 used, uint256 length);

    // ------------------------------------------------------------------ what it may cost

    /// @notice The paymaster is not in the policy's list, or its data does not begin as the list says.
    error PaymasterForbidden(address paymaster);
    /// @notice Value plus the largest gas cost passes the native cap (0: the policy has none).
    error NativeLimitExceeded(uint256 cap, uint256 spent, uint256 attempted, uint256 resetsAt);
    /// @notice The operation passes the cap of the meter (`token`, `tag`).
    error SpendingLimitExceeded(
        address token,
        uint256 tag,
        uint256 cap,
        uint256 spent,
        uint256 attempted,
        uint256 resetsAt
    );
    /// @notice The operation's calls pass the calls per period.
    error RateLimitExceeded(uint256 limit, uint256 used, uint256 attempted, uint256 resetsAt);
    /// @notice The operation's calls pass the key's quota, or the counter's last value where there is none.
    error QuotaExceeded(uint256 maxUses, uint256 used, uint256 attempted);
    /// @notice The cooldown since the last operation's window ends at `availableAt`.
    error CooldownActive(uint256 availableAt, uint256 validAfter);

    // ------------------------------------------------------------------ what needs a second signature

    /// @notice The operation charges `attempted` on the meter, above the `threshold` from which the co-signer must sign
    /// too, and carries no co-signature. `meterIndex` counts the header's meters; 255 is native, in wei.
    error CosignatureMissing(uint256 meterIndex, uint256 threshold, uint256 attempted);
    /// @notice The operation passes no threshold, and a co-signature of `length` bytes follows the key's signature.
    error CosignatureNotNeeded(uint256 length);
    /// @notice The co-signature of `length` bytes is not `digestHead (4) · signature` in the one form of its signer's kind.
    error CosignatureMalformed(uint256 length);
    /// @notice The co-signature says that it is over another content: `actual` is not how the digest begins.
    error CosignatureOverOtherContent(bytes4 expected, bytes4 actual);
    /// @notice The co-signature is not `cosigner`'s but `recovered`'s.
    error CosignatureByAnotherKey(address cosigner, address recovered);
    /// @notice No policy can have this co-signer: of an unknown kind or length, zero, the account, the module or the key.
    error CosignerInvalid(bytes cosigner);
    /// @notice Threshold `index` is on no meter (`cap` 0), is 0, or is above the meter's cap.
    error ThresholdInvalid(uint256 index, uint256 meterIndex, uint256 amount, uint256 cap);
    /// @notice Thresholds `first` and `second` are on the same meter.
    error ThresholdDuplicate(uint256 first, uint256 second);
    // ------------------------------------------------------------------ ceilings and checkers

    /// @notice The operation passes the account's cap over all keys for `token` (0: native).
    error CeilingExceeded(address token, uint256 cap, uint256 spent, uint256 attempted, uint256 resetsAt);
    /// @notice The operation's window of the ceiling's period is before the one already counted.
    error CeilingWindowBeforeCounted(address token, uint256 period, uint256 windowIndex, uint256 countedIndex);
    /// @notice The account has a ceiling on `token`, and the table of token selectors cannot tell what the call moves.
    error CeilingAmountUnknown(uint256 callIndex, address token, bytes4 selector);
    /// @notice Cap and period must both be set or both be 0, the period known and the cap below 2^128.
    error CeilingInvalid(address token, uint256 period, uint256 cap);
    /// @notice The policy's checker contract did not allow the call: it said no, failed, or has no code.
    error CheckerRefused(uint256 callIndex, address checker);
    /// @notice The header names a checker without code.
    error CheckerInvalid(address checker);
    /// @notice Charge `chargeIndex` of permission `index` names a meter that does not exist, counts a token, or counts
    /// every call.
    error ChargeInvalid(uint256 index, uint256 chargeIndex, uint256 meterIndex);

    // ------------------------------------------------------------------ what a grant may say

    /// @notice The settings word's epoch is not the account's, or its serial is not the expected one.
    error GrantOutdated(uint256 epoch, uint256 serial, uint256 expectedEpoch, uint256 expectedSerial);
    /// @notice The key's serial has reached its last value.
    error SerialExhausted(bytes32 keyId);
    /// @notice The signer cannot be this address: zero, the account, or the module.
    error SignerForbidden(address signer);
    /// @notice `validUntil` is missing, past at `blockTime`, or not after `validAfter`.
    error ExpiryInvalid(uint256 validAfter, uint256 validUntil, uint256 blockTime);
    /// @notice The flags are not exactly ACTIVE with, at most, COOLDOWN_IN_MINUTES and DIRECT_LANE.
    error FlagsInvalid(uint256 flags);
    /// @notice Cap and period must both be set or both be 0, and the period must be known. `limit` is 0 for native, 1
    /// for the rate.
    error LimitIncomplete(uint256 limit, uint256 cap, uint256 period);
    /// @notice A minutes flag without a cooldown.
    error CooldownInvalid();
    /// @notice The header is not in its one encoding; `offset` counts from its first byte.
    error HeaderMalformed(uint256 offset);
    /// @notice Meter `index` has no subject, an unknown period, a cap of 0 or one that does not fit its field.
    error MeterInvalid(uint256 index, address token, uint256 period, uint256 cap);
    /// @notice Meters `first` and `second` have the same (token, tag).
    error MeterDuplicate(uint256 first, uint256 second);
    /// @notice Paymaster entry `index` has no address, an unknown mode, a meter that does not exist, or no rate.
    error PaymasterInvalid(uint256 index);
    /// @notice The permissions are not in their one encoding; `offset` counts from their first byte.
    error PermissionsMalformed(uint256 offset);
    /// @notice Permission `index` has an unknown kind or mark, or a target or selector that its kind does not have.
    error PermissionInvalid(uint256 index);
    /// @notice Permission `index` names a target that no policy can allow.
    error PermissionTargetForbidden(uint256 index, address target);
    /// @notice Permission `index` names a selector that its wildcard never covers.
    error PermissionSelectorForbidden(uint256 index, bytes4 selector);
    /// @notice Permission `index` moves or approves tokens, or targets a metered token, without a charge or `uncapped`.
    error PermissionNotCharged(uint256 index, address target, bytes4 selector);
    /// @notice Permission `index` is marked charged, but no meter or no amount of its selector can be charged.
    error PermissionNotChargeable(uint256 index, address target, bytes4 selector);
    /// @notice Permission `index` approves and does not pin the spender (argument word `wordIndex`).
    error SpenderNotPinned(uint256 index, uint256 wordIndex);
    /// @notice Permission `index` is a wildcard, and the key has no native cap, or neither rate limit nor quota.
    error WildcardUnlimited(uint256 index);
    /// @notice The body of permission `index` is not in its one encoding; `offset` counts from the body's first byte.
    error PermissionBodyMalformed(uint256 index, uint256 offset);
    /// @notice The comparison at `offset` of the body asks what cannot be asked of the value that its path finds: order of
    /// a byte string, a prefix of a word, unsigned order of a signed word, a relation to several values.
    error OperatorUnfit(uint256 index, uint256 offset);
    /// @notice The condition at `offset` of the body of permission `index` can never hold.
    error ConditionImpossible(uint256 index, uint256 offset);
    /// @notice The old header and permissions root of an update are not those of the stored policy.
    error PolicyMismatch(bytes32 storedRoot, bytes32 computedRoot);

    // ------------------------------------------------------------------ the direct lane

    /// @notice The key's policy does not open the direct lane.
    error DirectLaneClosed(bytes32 keyId);
    /// @notice The policy asks for what the direct lane does not do: flags of the settings, sections of the header.
    error DirectLaneUnsupported(bytes32 keyId, uint256 flags, uint256 sections);
    /// @notice The redemption may run from `validAfter` to `validUntil`, both included.
    error RedemptionOutsideWindow(uint256 validAfter, uint256 validUntil, uint256 blockTime);
    /// @notice Nobody signed, and the transaction is not the key's own: `caller` called, in a transaction of `origin`.
    error RedemptionUnauthorized(address signer, address caller, address origin);
    /// @notice What stands between evidence and co-signature, if there is one, is neither nothing nor `nonce (3) ·
    /// keySignature (65)`: it is `length` bytes long.
    error RedemptionMalformed(uint256 length);
    /// @notice The redemption was signed for another number of uses than the key has made.
    error RedemptionNonceInvalid(uint256 nonce, uint256 uses);
    /// @notice The signature is not `signer`'s over this redemption, under this epoch, serial and nonce.
    error RedemptionSignatureInvalid(address signer, uint256 epoch, uint256 serial, uint256 nonce);
    /// @notice A redemption of the account is still running.
    error RedemptionReentered(address account);
    /// @notice The account has no code that executes for executors: it took the call and answered nothing.
    error ExecutionUnanswered(address account);
    /// @notice The lists are empty or not equally long.
    error RedemptionsMalformed(uint256 contexts, uint256 modes, uint256 executions);
    /// @notice Permission context `index` is shorter than the account's address it begins with.
    error PermissionContextMalformed(uint256 index, uint256 length);
    // ------------------------------------------------------------------ what an owner signs off chain

    /// @notice An owner route is at most 31 bytes, and never the module itself.
    error OwnerRouteInvalid(bytes route);
    /// @notice The account has not said how it is to be asked for its owner's signature: `setOwnerRoute`.
    error OwnerRouteNotSet(address account);
    /// @notice The account's route is empty and the signature begins with its installed `validator`: it would choose who
    /// answers for the owner.
    error OwnerSignatureRouted(address account, address validator);
    /// @notice The account does not know `digest` as signed by its owner.
    error OwnerSignatureInvalid(address account, bytes32 digest);
    /// @notice The account binds what its owner signs to itself and its chain (ERC-7739), so that one signature cannot
    /// stand for `entryCount` grants: have each signed on its own.
    error OwnerSignatureBoundToChain(address account, uint256 entryCount);
    /// @notice The carried or submitted grant is not in its one encoding; `offset` counts from its first byte.
    error SignedGrantMalformed(uint256 offset);
    /// @notice The grant had to be used by `deadline`; the operation may land at, or the block is at, `time`.
    error SignedGrantExpired(uint256 deadline, uint256 time);
    /// @notice The revocation is not for the account's epoch and a grant that lives or could come next.
    error RevocationOutdated(uint256 epoch, uint256 serial, uint256 currentEpoch, uint256 currentSerial);
    // ------------------------------------------------------------------ the measured frame

    /// @notice The key is measured, and the operation is not a default-mode batch from `open` to `close` with calls between.
    error FrameMissing(bytes32 keyId);
    /// @notice An operation of the account in this transaction has taken the frame's id already: each takes its own.
    error FrameIdUsed(address account, uint256 id);
    /// @notice No validated operation of the account in this transaction has left this frame to be opened.
    error FrameUnknown(address account, uint256 id);
    /// @notice A measured key's header, meters and approvals take more words than the frame's `limit`.
    error FrameTooLarge(uint256 words, uint256 limit);
    /// @notice The account is inside a frame or a redemption already.
    error FrameAlreadyOpen(address account);
    /// @notice The account is not inside a frame.
    error FrameNotOpen(address account);
    /// @notice The key's counters count another window than the block's, so that nothing can be added to them.
    error FrameOutsideCounted(uint256 period, uint256 countedUntil, uint256 blockTime);
    /// @notice With what was measured, the operation's total on the meter (255: native) passes the amount from which on it
    /// needs a co-signature, which it does not have.
    error ExcessNotCosigned(uint256 meterIndex, uint256 threshold, uint256 total);
    /// @notice `token` does not tell the account's balance.
    error BalanceUnreadable(address token);
    /// @notice `token` does not tell what `spender` may take from the account.
    error AllowanceUnreadable(address token, address spender);
    /// @notice `spender` may take more of `token` after the operation than before.
    error AllowanceLeft(address token, address spender, uint256 before, uint256 afterwards);
    /// @notice The account's balance of `token` (0: native) rose by `received`; the least is `minimum`.
    error ReceivedTooLittle(address token, uint256 minimum, uint256 received);
    /// @notice The price feed, or a token's `decimals()`, does not answer.
    error FeedUnreadable(address source);
    /// @notice The round is incomplete, or its answer is not above zero.
    error FeedAnswerInvalid(address feed, uint256 roundId, int256 answer);
    /// @notice The feed's answer is `age` seconds old (the largest number: it lies in the future); at most `maxAge`.
    error FeedStale(address feed, uint256 age, uint256 maxAge);
    /// @notice Feed or token counts in other decimals than the policy says.
    error DecimalsMismatch(address source, uint256 expected, uint256 actual);
    /// @notice The header's frame rules are not in their one encoding or could never hold, at `offset` of the header.
    error FrameRulesInvalid(uint256 offset);
    /// @notice The header has frame rules, and the key is not measured.
    error FrameRulesUnmeasured();
}
