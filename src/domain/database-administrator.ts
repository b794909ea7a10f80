/** User that every managed PostgreSQL has: it grants what other users lack, and can be neither created nor deleted. */
export const databaseAdministrator = "avnadmin";
