// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import {Vm} from "./Vm.sol";

struct PolicyParts {
    MeterPart[] meters;
    PaymasterPart[] paymasters;
    address[] ephemeral;
    ReceivedPart[] received;
    bytes coSigner;
    ThresholdPart[] thresholds;
    address checker;
    bytes32 pinnedCode;
    uint256 hotCount;
    PermissionPart[] permissions;
}

struct MeterPart {
    address subject;
    uint256 tag;
    uint256 period;
    uint256 cap;
}

struct PaymasterPart {
    address paymaster;
    uint256 mode;
    bytes prefix;
    uint256 meterIndex;
    uint256 rate;
}

/// @dev Mode 1 has an amount, the others all behind it.
struct ReceivedPart {
    uint256 mode;
    address token;
    uint256 amount;
    uint256 meterIndex;
    address feed;
    uint256 feedDecimals;
    uint256 spentDecimals;
    uint256 receivedDecimals;
    uint256 maxAge;
    uint256 maxSlippage;
}

struct ThresholdPart {
    uint256 meterIndex;
    uint256 amount;
}

struct PermissionPart {
    uint256 kind;
    uint256 mark;
    address target;
    bytes4 selector;
    bytes body;
}

struct PolicyVector {
    string name;
    uint256 settings;
    bytes header;
    bytes32 headerHash;
    bytes permissions;
    bytes32[] leaves;
    bytes32[][] proofs;
    bytes32 permissionsRoot;
    bytes32 policyRoot;
    PolicyParts parts;
}

/// @dev `frameId`: of a measured operation; its calls stand between `open(frameId)` and `close()`.
struct OperationVector {
    string name;
    string policy;
    uint256 frameId;
    bytes callData;
    uint256 validAfter;
    uint256 validUntil;
    bytes evidence;
    bytes32 evidenceHash;
    bytes32 userOpHash;
    bytes32 digest;
    bytes keySignature;
    bytes32 cosignDigest;
    bytes cosignature;
    bytes signature;
}

struct MeterIdVector {
    uint256 serial;
    uint256 identity;
    bytes32 meterId;
}

struct PeriodVector {
    uint256 period;
    uint256 time;
    uint256 index;
    uint256 end;
}

/// @dev `expected`: `holds`, or the name of the error that refuses the call.
struct ConditionCallVector {
    string name;
    string expected;
    uint256 value;
    bytes data;
    bytes[][] setProofs;
}

struct ConditionVector {
    string name;
    bytes4 selector;
    bytes body;
    ConditionCallVector[] calls;
}

/// @dev `proof`: a neighbour of 32 bytes, then nodes of 28 each.
struct SetMemberVector {
    uint256 word;
    bytes[] proof;
}

struct SetVector {
    uint256 count;
    bytes28 root;
    SetMemberVector[] members;
}

struct EntryVector {
    uint256 chainId;
    address module;
    address account;
    uint256 epoch;
    uint256 serial;
    bytes signer;
    uint256 settings;
    bytes header;
    bytes permissions;
    bytes32 structHash;
}

struct GrantVector {
    string name;
    uint256 deadline;
    EntryVector[] entries;
    bytes32 digest;
    bytes ownerSignature;
    bytes[] grants;
}

struct CarryingVector {
    string name;
    bytes grant;
    bytes callData;
    uint256 validAfter;
    uint256 validUntil;
    bytes evidence;
    bytes32 userOpHash;
    bytes32 digest;
    bytes signature;
}

struct RevocationVector {
    string name;
    bytes32 keyId;
    uint256 epoch;
    uint256 serial;
    bytes32 digest;
    bytes ownerSignature;
}

struct InstallVector {
    string name;
    uint256 moduleType;
    address guardian;
    bool hasRoute;
    bytes route;
    bytes data;
}

/// @title The known answers in `test/vectors`, as Solidity types
/// @notice TypeScript makes them (`scripts/generate-vectors.ts`), the contracts are held against them. Fields of the
/// files that no test here needs are left out.
library Vectors {
    Vm private constant vm = Vm(address(uint160(uint256(keccak256("hevm cheat code")))));

    string private constant POLICY_TYPE =
        "PolicyVector(string name,uint256 settings,bytes header,bytes32 headerHash,bytes permissions,bytes32[] leaves,"
        "bytes32[][] proofs,bytes32 permissionsRoot,bytes32 policyRoot,PolicyParts parts)"
        "PolicyParts(MeterPart[] meters,PaymasterPart[] paymasters,address[] ephemeral,ReceivedPart[] received,"
        "bytes coSigner,ThresholdPart[] thresholds,address checker,bytes32 pinnedCode,uint256 hotCount,"
        "PermissionPart[] permissions)"
        "MeterPart(address subject,uint256 tag,uint256 period,uint256 cap)"
        "PaymasterPart(address paymaster,uint256 mode,bytes prefix,uint256 meterIndex,uint256 rate)"
        "ReceivedPart(uint256 mode,address token,uint256 amount,uint256 meterIndex,address feed,uint256 feedDecimals,"
        "uint256 spentDecimals,uint256 receivedDecimals,uint256 maxAge,uint256 maxSlippage)"
        "ThresholdPart(uint256 meterIndex,uint256 amount)"
        "PermissionPart(uint256 kind,uint256 mark,address target,bytes4 selector,bytes body)";
    string private constant OPERATION_TYPE =
        "OperationVector(string name,string policy,uint256 frameId,bytes callData,uint256 validAfter,uint256 validUntil,"
        "bytes evidence,bytes32 evidenceHash,bytes32 userOpHash,bytes32 digest,bytes keySignature,bytes32 cosignDigest,"
        "bytes cosignature,bytes signature)";
    string private constant METER_ID_TYPE = "MeterIdVector(uint256 serial,uint256 identity,bytes32 meterId)";
    string private constant PERIOD_TYPE = "PeriodVector(uint256 period,uint256 time,uint256 index,uint256 end)";
    string private constant CONDITION_TYPE =
        "ConditionVector(string name,bytes4 selector,bytes body,ConditionCallVector[] calls)"
        "ConditionCallVector(string name,string expected,uint256 value,bytes data,bytes[][] setProofs)";
    string private constant SET_TYPE = "SetVector(uint256 count,bytes28 root,SetMemberVector[] members)"
        "SetMemberVector(uint256 word,bytes[] proof)";
    string private constant GRANT_TYPE =
        "GrantVector(string name,uint256 deadline,EntryVector[] entries,bytes32 digest,bytes ownerSignature,bytes[] grants)"
        "EntryVector(uint256 chainId,address module,address account,uint256 epoch,uint256 serial,bytes signer,"
        "uint256 settings,bytes header,bytes permissions,bytes32 structHash)";
    string private constant CARRYING_TYPE =
        "CarryingVector(string name,bytes grant,bytes callData,uint256 validAfter,uint256 validUntil,bytes evidence,"
        "bytes32 userOpHash,bytes32 digest,bytes signature)";
    string private constant REVOCATION_TYPE =
        "RevocationVector(string name,bytes32 keyId,uint256 epoch,uint256 serial,bytes32 digest,bytes ownerSignature)";
    string private constant INSTALL_TYPE =
        "InstallVector(string name,uint256 moduleType,address guardian,bool hasRoute,bytes route,bytes data)";

    function policies() internal view returns (PolicyVector[] memory) {
        return abi.decode(_read("policy", ".policies", POLICY_TYPE), (PolicyVector[]));
    }

    function operations() internal view returns (OperationVector[] memory) {
        return abi.decode(_read("policy", ".operations", OPERATION_TYPE), (OperationVector[]));
    }

    function meterIds() internal view returns (MeterIdVector[] memory) {
        return abi.decode(_read("policy", ".meterIds", METER_ID_TYPE), (MeterIdVector[]));
    }

    function periods() internal view returns (PeriodVector[] memory) {
        return abi.decode(_read("policy", ".periods", PERIOD_TYPE), (PeriodVector[]));
    }

    function conditions() internal view returns (ConditionVector[] memory) {
        return abi.decode(_read("conditions", ".cases", CONDITION_TYPE), (ConditionVector[]));
    }

    function sets() internal view returns (SetVector[] memory) {
        return abi.decode(_read("conditions", ".sets", SET_TYPE), (SetVector[]));
    }

    function grants() internal view returns (GrantVector[] memory) {
        return abi.decode(_read("grants", ".grants", GRANT_TYPE), (GrantVector[]));
    }

    function carrying() internal view returns (CarryingVector[] memory) {
        return abi.decode(_read("grants", ".carrying", CARRYING_TYPE), (CarryingVector[]));
    }

    function revocations() internal view returns (RevocationVector[] memory) {
        return abi.decode(_read("grants", ".revocations", REVOCATION_TYPE), (RevocationVector[]));
    }

    function installs() internal view returns (InstallVector[] memory) {
        return abi.decode(_read("grants", ".installs", INSTALL_TYPE), (InstallVector[]));
    }

    /// @notice The words of `layouts.json`, field by field.
    function fieldsOf(string memory word) internal view returns (bytes memory) {
        return _read("layouts", string.concat(".words.", word), "Field(string name,uint256 firstBit,uint256 width)");
    }

    function _read(string memory file, string memory key, string memory type_) private view returns (bytes memory) {
        return vm.parseJsonTypeArray(vm.readFile(string.concat("test/vectors/", file, ".json")), key, type_);
    }
}
