/** Key by which the engine marks special values in a state, and its marker for a secret. */
export const specialKey = "4dabf18193072939515e22adb298388d";
export const secretMark = "1b47061264138c4ac30d75fd1eb44270";
