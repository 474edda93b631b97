export * from './entryPoint.ts'
export * from './nonceKey.ts'
export * from './toSessionKeyAccount.ts'
export * from './windowOptions.ts'
