import type { GuestIdentity } from "../../src/machines/document.ts";
import type { GuestDocumentInput } from "../../src/machines/render-document.ts";

export const identity: GuestIdentity = {
  name: "ps-0",
  role: "prestashop",
  documentUrl:
    "https://storage.gra.cloud.ovh.net/v1/AUTH_0123456789abcdef/lor-prod-configuration/guests/ps-0.json?temp_url_sig=0f&temp_url_expires=4102444800",
};

/** Every secret carries this mark, so that it can be looked for. */
export const plantedMark = "PLANTED";

const secret = (name: string): string => `${plantedMark}-${name}-0123456789012345678901234567890123456789`;

const shared = {
  storage: {
    endpoint: "https://s3.gra.io.cloud.ovh.net",
    region: "gra",
    bucket: "lor-prod-images",
    accessKey: secret("images-access"),
    secretKey: secret("images"),
  },
  copies: {
    endpoint: "https://s3.sbg.io.cloud.ovh.net",
    region: "sbg",
    bucket: "lor-prod-copies",
    accessKey: secret("copies-access"),
    secretKey: secret("copies"),
  },
} as const;

export const shopInput: GuestDocumentInput = {
  ...shared,
  name: "ps-0",
  role: "prestashop",
  domain: "www.lor.example",
  release: { version: "8.2.1", url: "https://releases.lor.example/prestashop.zip", sha256: "0".repeat(64) },
  database: {
    engine: "mysql",
    host: "mysql-1.database.cloud.ovh.net",
    port: 20184,
    name: "prestashop",
    user: "prestashop",
    password: secret("database"),
  },
  trustedProxies: ["10.10.0.0/24", "10.10.1.0/24"],
  imagesCopy: { copyEverySeconds: 900, copyTimeoutSeconds: 600 },
  administratorKeys: ["ssh-ed25519 AAAA administrator@lor.example"],
  secrets: { cookieKey: secret("cookie"), adminPassword: secret("shop-admin") },
};

export const odooInput: GuestDocumentInput = {
  ...shared,
  name: "odoo",
  role: "odoo",
  domain: "erp.lor.example",
  release: { version: "16.0.20241001", url: "https://releases.lor.example/odoo.deb", sha256: "0".repeat(64) },
  database: {
    engine: "postgresql",
    host: "postgresql-1.database.cloud.ovh.net",
    port: 20184,
    name: "odoo",
    user: "odoo",
    password: secret("database"),
  },
  trustedProxies: [],
  filestore: { copyEverySeconds: 1800, copyTimeoutSeconds: 600 },
  secrets: { masterPassword: secret("master"), adminPassword: secret("admin") },
};
