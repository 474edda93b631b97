// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import {
    ADDRESS,
    AT_LEAST,
    AT_MOST,
    EQUAL,
    EQUAL_SELF,
    HASH,
    UINT8,
    ConditionBytes as C
} from "../../../../utils/ConditionBytes.sol";
import {ConditionTest} from "../../../../utils/ConditionTest.sol";
import {EXACT, MOVES_NOTHING} from "../../../../utils/Codes.sol";
import {Call} from "../../../../utils/OperationBytes.sol";
import {PolicyBytes} from "../../../../utils/PolicyBytes.sol";

/// @dev The functions of the protocols, as their own interfaces declare them: their encoder writes the call data.
interface IProtocols {
    struct ExactInputSingle {
        address tokenIn;
        address tokenOut;
        uint24 fee;
        address recipient;
        uint256 deadline;
        uint256 amountIn;
        uint256 amountOutMinimum;
        uint160 sqrtPriceLimitX96;
    }

    struct ExactInput {
        bytes path;
        address recipient;
        uint256 deadline;
        uint256 amountIn;
        uint256 amountOutMinimum;
    }

    function exactInputSingle(ExactInputSingle calldata params) external;
    function exactInput(ExactInput calldata params) external;
    function multicall(bytes[] calldata data) external;
    function execute(bytes calldata commands, bytes[] calldata inputs, uint256 deadline) external;
    function approve(address token, address spender, uint160 amount, uint48 expiration) external;
    function safeBatchTransferFrom(
        address from,
        address to,
        uint256[] calldata ids,
        uint256[] calldata amounts,
        bytes calldata data
    ) external;
    function supply(address asset, uint256 amount, address onBehalfOf, uint16 referralCode) external;
    function execTransaction(
        address to,
        uint256 value,
        bytes calldata data,
        uint8 operation,
        uint256 safeTxGas,
        uint256 baseGas,
        uint256 gasPrice,
        address gasToken,
        address refundReceiver,
        bytes calldata signatures
    ) external;
    function unwrapWETH9(uint256 amountMinimum, address recipient) external;
}

// validateUserOp: the call data of protocols that agents use
// ├── Uniswap V3: exactInputSingle, exactInput with its path of bytes, multicall of either
// ├── Universal Router: execute, its commands and their inputs
// ├── Permit2 approve, ERC-1155 batch transfer, Aave supply
// └── Safe execTransaction, and the call within
contract ValidateProtocolsTest is ConditionTest {
    address private constant USDC = 0xA0b86991c6218b36c1d19D4a2e9Eb0cE3606eB48;
    address private constant WETH = 0xC02aaA39b223FE8D0A0e5C4F27eAD9083C756Cc2;
    address private constant DAI = 0x6B175474E89094C44Da98b954EedeAC495271d0F;

    bytes[] private clauses;

    function test_exactInputSingle() public {
        _clause(C.compare(EQUAL, C.typed(0, ADDRESS), uint160(USDC)));
        _clause(C.compare(EQUAL, C.typed(1, ADDRESS), uint160(WETH)));
        _clause(C.inList(C.typed(2, 0x03), _words(100, 500, 3000)));
        _clause(C.compare(EQUAL_SELF, C.typed(3, ADDRESS)));
        _clause(C.compare(AT_MOST, C.word(5), 100e6));
        _clause(C.compare(AT_LEAST, C.word(6), 1));
        _permitCall(IProtocols.exactInputSingle.selector);
        IProtocols.ExactInputSingle memory swap = _single();
        _accepts(_call(abi.encodeCall(IProtocols.exactInputSingle, (swap))));
        swap.recipient = STRANGER;
        _refuses(_call(abi.encodeCall(IProtocols.exactInputSingle, (swap))), _broken(3, uint160(STRANGER)));
        swap = _single();
        swap.amountIn = 100e6 + 1;
        _refuses(_call(abi.encodeCall(IProtocols.exactInputSingle, (swap))), _broken(4, 100e6 + 1));
        swap = _single();
        swap.fee = 10000;
        _refuses(_call(abi.encodeCall(IProtocols.exactInputSingle, (swap))), _broken(2, 10000));
        swap = _single();
        swap.amountOutMinimum = 0;
        _refuses(_call(abi.encodeCall(IProtocols.exactInputSingle, (swap))), _broken(5, 0));
    }

    function test_exactInput() public {
        bytes memory path = abi.encodePacked(C.follow(0, 1), C.follow(0, 5));
        _clause(C.compare(EQUAL, abi.encodePacked(path, C.slice(0, 20)), uint160(USDC)));
        _clause(C.compare(EQUAL, abi.encodePacked(path, C.slice(0x8014, 20)), uint160(WETH)));
        _clause(C.compare(AT_MOST, abi.encodePacked(path, C.LENGTH), 66));
        _clause(C.compare(EQUAL_SELF, abi.encodePacked(C.follow(0, 1), C.typed(1, ADDRESS))));
        _permitCall(IProtocols.exactInput.selector);
        IProtocols.ExactInput memory swap = IProtocols.ExactInput("", ACCOUNT, NOON, 5e6, 1);
        swap.path = abi.encodePacked(USDC, uint24(500), WETH);
        _accepts(_call(abi.encodeCall(IProtocols.exactInput, (swap))));
        swap.path = abi.encodePacked(USDC, uint24(100), DAI, uint24(3000), WETH);
        _accepts(_call(abi.encodeCall(IProtocols.exactInput, (swap))));
        swap.recipient = STRANGER;
        _refuses(_call(abi.encodeCall(IProtocols.exactInput, (swap))), _broken(3, uint160(STRANGER)));
        swap.path = abi.encodePacked(USDC, uint24(100), DAI, uint24(500), DAI, uint24(3000), WETH);
        _refuses(_call(abi.encodeCall(IProtocols.exactInput, (swap))), _broken(2, 89));
        swap.path = abi.encodePacked(USDC, uint24(500), DAI);
        _refuses(_call(abi.encodeCall(IProtocols.exactInput, (swap))), _broken(1, uint160(DAI)));
        swap.path = "";
        _refuses(
            _call(abi.encodeCall(IProtocols.exactInput, (swap))),
            abi.encodeWithSelector(PathOutOfData.selector, 0, abi.encodePacked(path, C.slice(0, 20)), 4 + 32 * 7)
        );
    }

    function test_multicall() public {
        // A swap to the account, then at most an unwrap to it.
        bytes memory calls = C.follow(0, 1);
        bytes memory swap = abi.encodePacked(calls, C.element(0, 0), C.call(IProtocols.exactInputSingle.selector));
        bytes memory unwrap = abi.encodePacked(calls, C.element(1, 0), C.call(IProtocols.unwrapWETH9.selector));
        _clause(C.compare(EQUAL_SELF, abi.encodePacked(swap, C.typed(3, ADDRESS))));
        _clause(C.compare(AT_MOST, abi.encodePacked(swap, C.word(5)), 100e6));
        _clause(C.compare(AT_MOST, abi.encodePacked(calls, C.LENGTH), 2));
        clauses.push(
            C.either(
                C.compare(EQUAL, abi.encodePacked(calls, C.LENGTH), 1),
                C.compare(EQUAL_SELF, abi.encodePacked(unwrap, C.typed(1, ADDRESS)))
            )
        );
        _permitCall(IProtocols.multicall.selector);
        bytes[] memory list = new bytes[](1);
        list[0] = abi.encodeCall(IProtocols.exactInputSingle, (_single()));
        _accepts(_call(abi.encodeCall(IProtocols.multicall, (list))));
        bytes[] memory two = new bytes[](2);
        two[0] = list[0];
        two[1] = abi.encodeCall(IProtocols.unwrapWETH9, (1, ACCOUNT));
        _accepts(_call(abi.encodeCall(IProtocols.multicall, (two))));
        two[1] = abi.encodeCall(IProtocols.unwrapWETH9, (1, STRANGER));
        _refuses(_call(abi.encodeCall(IProtocols.multicall, (two))), _broken(3, uint160(STRANGER)));
        two[1] = list[0];
        _refuses(
            _call(abi.encodeCall(IProtocols.multicall, (two))),
            abi.encodeWithSelector(
                NestedCallMismatch.selector,
                0,
                abi.encodePacked(unwrap, C.typed(1, ADDRESS)),
                IProtocols.unwrapWETH9.selector,
                IProtocols.exactInputSingle.selector
            )
        );
    }

    function test_multicallOfSwaps() public {
        bytes memory each = abi.encodePacked(C.follow(0, 1), C.every(0), C.call(IProtocols.exactInputSingle.selector));
        _clause(C.compare(EQUAL_SELF, abi.encodePacked(each, C.typed(3, ADDRESS))));
        _permitCall(IProtocols.multicall.selector);
        bytes[] memory list = new bytes[](3);
        IProtocols.ExactInputSingle memory swap = _single();
        for (uint256 i; i < 3; ++i) list[i] = abi.encodeCall(IProtocols.exactInputSingle, (swap));
        _accepts(_call(abi.encodeCall(IProtocols.multicall, (list))));
        swap.recipient = STRANGER;
        list[2] = abi.encodeCall(IProtocols.exactInputSingle, (swap));
        _refuses(_call(abi.encodeCall(IProtocols.multicall, (list))), _broken(0, uint160(STRANGER)));
    }

    function test_universalRouter() public {
        // One command, V3_SWAP_EXACT_IN (0x00): its input is (recipient, amountIn, amountOutMin, path, payerIsUser).
        _clause(C.compare(HASH, abi.encodePacked(C.follow(0, 3), C.BYTES), uint256(keccak256(hex"00"))));
        bytes memory input = abi.encodePacked(C.follow(1, 3), C.element(0, 0));
        _clause(C.compare(EQUAL_SELF, abi.encodePacked(input, C.slice(0, 32))));
        _clause(C.compare(AT_MOST, abi.encodePacked(input, C.slice(32, 32)), 100e6));
        _permitCall(IProtocols.execute.selector);
        bytes[] memory inputs = new bytes[](1);
        bytes memory path = abi.encodePacked(USDC, uint24(500), WETH);
        inputs[0] = abi.encode(ACCOUNT, uint256(100e6), uint256(1), path, true);
        _accepts(_call(abi.encodeCall(IProtocols.execute, (hex"00", inputs, NOON))));
        _refuses(
            _call(abi.encodeCall(IProtocols.execute, (hex"0b", inputs, NOON))), _broken(0, uint256(keccak256(hex"0b")))
        );
        inputs[0] = abi.encode(STRANGER, uint256(100e6), uint256(1), path, true);
        _refuses(_call(abi.encodeCall(IProtocols.execute, (hex"00", inputs, NOON))), _broken(1, uint160(STRANGER)));
        inputs[0] = abi.encode(ACCOUNT, uint256(100e6 + 1), uint256(1), path, true);
        _refuses(_call(abi.encodeCall(IProtocols.execute, (hex"00", inputs, NOON))), _broken(2, 100e6 + 1));
    }

    function test_permit2() public {
        _clause(C.compare(EQUAL, C.typed(0, ADDRESS), uint160(USDC)));
        _clause(C.compare(EQUAL, C.typed(1, ADDRESS), uint160(APP)));
        _clause(C.compare(AT_MOST, C.typed(2, 0x14), 100e6));
        _clause(C.compare(AT_MOST, C.typed(3, 0x06), NOON + 1 days));
        _permitCall(IProtocols.approve.selector, 2);
        _accepts(_call(abi.encodeCall(IProtocols.approve, (USDC, APP, 100e6, uint48(NOON)))));
        _refuses(
            _call(abi.encodeCall(IProtocols.approve, (USDC, STRANGER, 1, uint48(NOON)))), _broken(1, uint160(STRANGER))
        );
        _refuses(
            _call(abi.encodeCall(IProtocols.approve, (USDC, APP, type(uint160).max, uint48(NOON)))),
            _broken(2, type(uint160).max)
        );
        _refuses(
            _call(abi.encodeCall(IProtocols.approve, (USDC, APP, 1, type(uint48).max))), _broken(3, type(uint48).max)
        );
    }

    function test_batchTransfer() public {
        _clause(C.compare(EQUAL_SELF, C.typed(0, ADDRESS)));
        _clause(C.compare(EQUAL, C.typed(1, ADDRESS), uint160(RECIPIENT)));
        _clause(C.inList(abi.encodePacked(C.follow(2, 5), C.every(1), C.word(0)), _words(7, 8, 9)));
        _clause(C.compare(AT_MOST, abi.encodePacked(C.follow(3, 5), C.every(1), C.word(0)), 10));
        _permitCall(IProtocols.safeBatchTransferFrom.selector, 2);
        uint256[] memory ids = _words(7, 9, 7);
        uint256[] memory amounts = _words(10, 1, 0);
        _accepts(_call(abi.encodeCall(IProtocols.safeBatchTransferFrom, (ACCOUNT, RECIPIENT, ids, amounts, ""))));
        ids[1] = 10;
        _refuses(
            _call(abi.encodeCall(IProtocols.safeBatchTransferFrom, (ACCOUNT, RECIPIENT, ids, amounts, ""))),
            _broken(2, 10)
        );
        (ids[1], amounts[2]) = (9, 11);
        _refuses(
            _call(abi.encodeCall(IProtocols.safeBatchTransferFrom, (ACCOUNT, RECIPIENT, ids, amounts, ""))),
            _broken(3, 11)
        );
    }

    function test_supply() public {
        _clause(C.compare(EQUAL, C.typed(0, ADDRESS), uint160(USDC)));
        _clause(C.compare(AT_MOST, C.word(1), 100e6));
        _clause(C.compare(EQUAL_SELF, C.typed(2, ADDRESS)));
        _permitCall(IProtocols.supply.selector);
        _accepts(_call(abi.encodeCall(IProtocols.supply, (USDC, 100e6, ACCOUNT, 0))));
        _refuses(
            _call(abi.encodeCall(IProtocols.supply, (USDC, 100e6, STRANGER, 0))), _broken(2, uint160(STRANGER))
        );
        _refuses(_call(abi.encodeCall(IProtocols.supply, (USDC, 100e6 + 1, ACCOUNT, 0))), _broken(1, 100e6 + 1));
    }

    function test_safe() public {
        // A transfer of USDC within the Safe: no delegatecall, to the one recipient, at most 100.
        bytes memory inner = abi.encodePacked(C.follow(2, 10), C.call(TRANSFER));
        _clause(C.compare(EQUAL, C.typed(0, ADDRESS), uint160(USDC)));
        _clause(C.compare(EQUAL, C.typed(3, UINT8), 0));
        _clause(C.compare(EQUAL, abi.encodePacked(inner, C.typed(0, ADDRESS)), uint160(RECIPIENT)));
        _clause(C.compare(AT_MOST, abi.encodePacked(inner, C.word(1)), 100e6));
        _permitCall(IProtocols.execTransaction.selector);
        _accepts(_call(_safe(0, abi.encodeWithSelector(TRANSFER, RECIPIENT, 100e6))));
        _refuses(_call(_safe(1, abi.encodeWithSelector(TRANSFER, RECIPIENT, 100e6))), _broken(1, 1));
        _refuses(
            _call(_safe(0, abi.encodeWithSelector(TRANSFER, STRANGER, 1))), _broken(2, uint160(STRANGER))
        );
        _refuses(_call(_safe(0, abi.encodeWithSelector(TRANSFER, RECIPIENT, 100e6 + 1))), _broken(3, 100e6 + 1));
        _refuses(
            _call(_safe(0, abi.encodeWithSelector(APPROVE, RECIPIENT, 1))),
            abi.encodeWithSelector(
                NestedCallMismatch.selector, 0, abi.encodePacked(inner, C.typed(0, ADDRESS)), TRANSFER, APPROVE
            )
        );
    }

    function _safe(uint8 operation, bytes memory inner) private pure returns (bytes memory) {
        return abi.encodeCall(
            IProtocols.execTransaction,
            (USDC, 0, inner, operation, 0, 0, 0, address(0), address(0), new bytes(65))
        );
    }

    function _single() private pure returns (IProtocols.ExactInputSingle memory) {
        return IProtocols.ExactInputSingle(USDC, WETH, 500, ACCOUNT, NOON, 100e6, 1, 0);
    }

    function _clause(bytes memory comparison) private {
        clauses.push(C.clause(comparison));
    }

    function _permitCall(bytes4 selector) private {
        _permitCall(selector, MOVES_NOTHING);
    }

    function _permitCall(bytes4 selector, uint8 mark) private {
        _permit(EXACT, mark, APP, selector, PolicyBytes.body(0, clauses));
        _grantsNext();
    }

    function _call(bytes memory data) private pure returns (Call memory) {
        return Call(APP, 0, data, 0);
    }

    function _broken(uint256 clauseIndex, uint256 value) private pure returns (bytes memory) {
        return abi.encodeWithSelector(ConditionFailed.selector, 0, clauseIndex, value);
    }
}
