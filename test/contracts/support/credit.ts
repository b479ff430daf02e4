/** One credit: 18 decimals. */
export const CREDIT = 10n ** 18n
