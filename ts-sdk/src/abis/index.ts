export { delegatedAccountAbi } from './generated/delegatedAccount.ts'
export { ownedAccountAbi } from './generated/ownedAccount.ts'
export { ownedAccountFactoryAbi } from './generated/ownedAccountFactory.ts'
export { sessionKeyModuleAbi } from './generated/sessionKeyModule.ts'
