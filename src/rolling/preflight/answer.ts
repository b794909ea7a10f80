/** An answer of the cloud, or why there is none, as it or the connection said. */
export type Answer<T> = { readonly known: T } | { readonly why: string };
