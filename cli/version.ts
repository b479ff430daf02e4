/** The version of `dps`: that of its package. */
export const VERSION = '0.1.0'
