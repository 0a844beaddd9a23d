/** Where the focus can be sent to. */

/** Places for the focus that are no rule. No id of a rule has these forms. */
/** The heading of what the address asks for. */
export const PAGE_TOP = "+PAGE_TOP";
export const ADD = "+ADD";
export const UNDO = "+UNDO";
export const RULES = "+RULES";
export const EXCEPTIONS = "+EXCEPTIONS";
export const SETTINGS = "+SETTINGS";
export const LISTS = "+LISTS";
export const MAIL = "+MAIL";
export const TRANSFER = "+TRANSFER";
