/** The least that a second stack of Lor needs of its own. */
export const secondStack = {
  network: { vrack: "pn-1000001" },
  prestashop: { domain: "test.lor.example" },
  odoo: { domain: "erp.test.lor.example" },
} as const;
