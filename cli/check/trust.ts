/** The roots that a check goes by. */
export interface TrustStore {
	readonly todo: never;
}
