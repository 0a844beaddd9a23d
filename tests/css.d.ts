/** Styles that a test loads late: there is nothing in them to import. */
declare module "*.css" {}
