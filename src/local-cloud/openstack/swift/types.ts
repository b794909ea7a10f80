export interface ContainerView {
  /** Its id too, within a region. */
  readonly name: string;
  readonly region: string;
  /** Without the temp-url keys, lower-case names. */
  readonly metadata: Readonly<Record<string, string>>;
  readonly contentType: string | undefined;
  readonly read: string | undefined;
  readonly write: string | undefined;
  readonly storagePolicy: string;
  readonly versioning: boolean;
  readonly objectCount: number;
  readonly bytesUsed: number;
}

export interface PutContainerArgs {
  readonly region?: string | undefined;
  readonly name: string;
  /** `Temp-URL-Key` and `Temp-URL-Key-2` (any case) are kept apart as secrets and never shown by `get`. Replaces all metadata. */
  readonly metadata?: Readonly<Record<string, string>> | undefined;
  readonly contentType?: string | undefined;
  readonly read?: string | undefined;
  readonly write?: string | undefined;
  readonly storagePolicy?: string | undefined;
  readonly versioning?: boolean | undefined;
}

export interface ContainersApi {
  /** PUT: creates or updates, as Swift does. */
  put(args: PutContainerArgs): ContainerView;
  get(name: string, region?: string): ContainerView;
  list(filter?: { region?: string | undefined }): ContainerView[];
  /** Secret: for the provider's read. */
  tempUrlKeys(name: string, region?: string): readonly string[];
  /** 409 unless empty; `force` deletes the objects first, as the provider's force_destroy does. */
  delete(name: string, region?: string, force?: boolean): void;
}

export interface ObjectView {
  readonly container: string;
  readonly name: string;
  readonly region: string;
  readonly contentType: string;
  readonly contentLength: number;
  /** MD5, as Swift's ETag. */
  readonly etag: string;
  readonly metadata: Readonly<Record<string, string>>;
  readonly lastModified: string;
  /** Deterministic stand-in for X-Trans-Id. */
  readonly transactionId: string;
}

export interface PutObjectArgs {
  readonly region?: string | undefined;
  readonly container: string;
  readonly name: string;
  /** Never journaled. */
  readonly content: string;
  readonly contentType?: string | undefined;
  readonly metadata?: Readonly<Record<string, string>> | undefined;
}

export interface ObjectsApi {
  put(args: PutObjectArgs): ObjectView;
  get(container: string, name: string, region?: string): ObjectView;
  content(container: string, name: string, region?: string): string;
  list(container: string, region?: string): ObjectView[];
  delete(container: string, name: string, region?: string): void;
  /** Content behind a temporary URL. @throws CloudError 401 for a wrong or expired signature, 404 when the object does not exist */
  contentBySignedUrl(url: string): { readonly object: ObjectView; readonly content: string };
  /** The object without its content; the URL may be signed for GET, HEAD or PUT. @throws CloudError as `contentBySignedUrl` */
  headBySignedUrl(url: string): ObjectView;
  /** Writes an object by a temporary URL that is signed for PUT. @throws CloudError 401 for a wrong or expired signature */
  putBySignedUrl(url: string, content: string, contentType?: string): ObjectView;
}
