/** The key by which the engine marks special values in a state, and its mark for a secret. */
export const SPECIAL_KEY = "4dabf18193072939515e22adb298388d";
export const SECRET_MARK = "1b47061264138c4ac30d75fd1eb44270";
