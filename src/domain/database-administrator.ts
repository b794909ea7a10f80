/** User that every managed database has at OVHcloud: it grants what other users lack, and can be neither created nor deleted. */
export const databaseAdministrator = "avnadmin";
