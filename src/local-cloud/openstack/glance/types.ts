export interface ImageView {
  readonly id: string;
  readonly name: string;
  readonly region: string;
  readonly status: "active";
  readonly visibility: "public" | "private";
  /** GB. */
  readonly minDisk: number;
  /** MB. */
  readonly minRam: number;
  readonly createdAt: string;
}

export interface ImagesApi {
  get(id: string): ImageView;
  list(filter?: { region?: string | undefined; name?: string | undefined }): ImageView[];
  /** The one image of that name; 404 when there is none. */
  find(name: string, region?: string): ImageView;
}
