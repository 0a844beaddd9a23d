import { Fragment } from "preact";

/** A host name in A-labels or as people write it, with or without a port. Not an address: its dots are no places to part it. */
const HOST = /^(?=.*\p{L})[\p{L}\p{M}\p{N}_-]+(?:\.[\p{L}\p{M}\p{N}_-]+)+(?::\d+)?$/u;

/** Characters that fit into a line of the popup, or on a phone. What is shorter stands whole on the next line instead. */
const LONG = 30;

/**
 * A name, kept from turning the sentence around it. A host name that is too long for a line breaks behind a dot:
 * who reads "exampl" at the end of one line and "e" on the next does not see which site it is.
 */
export function Name({ of }: { of: string }) {
	if (of.length <= LONG || !HOST.test(of)) return <bdi>{of}</bdi>;
	return (
		<bdi>
			{of.split(/(?<=\.)/).map((label, index) => (
				// Labels never move: their place is their identity.
				<Fragment key={index}>
					{index > 0 && <wbr />}
					{label}
				</Fragment>
			))}
		</bdi>
	);
}
