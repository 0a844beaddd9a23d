interface Turn {
	/** Answers that were put off in this turn and have not come. */
	waiting: number;
}

/**
 * Firefox asks about requests in batches and takes the answers of a batch back together, when the last of them has
 * come (toolkit/components/extensions: `batch` in ConduitsParent.sys.mjs, `receiveMessage` in ConduitsChild.sys.mjs).
 * So an answer that is put off holds up whatever was asked about with it. Mostly that is a little time; but what is
 * waited for may be a probe, and Firefox may have asked about that one in the same batch. A batch is handed over in
 * one turn of the event loop, and that is how it is recognized.
 */
export class Batches {
	#turn: Turn | null = null;
	readonly #ends: (() => void)[] = [];

	/** The turn that goes on now. One too many taken together does no harm; one too few would. */
	#now(): Turn {
		if (this.#turn) return this.#turn;
		const turn = { waiting: 0 };
		this.#turn = turn;
		setTimeout(() => {
			this.#turn = null;
			for (const end of this.#ends.splice(0)) end();
		}, 0);
		return turn;
	}

	/** Notes that the answer to what Firefox asks about in this turn is put off. Answers with it. */
	putOff<Answer>(answer: Promise<Answer>): Promise<Answer> {
		const turn = this.#now();
		turn.waiting++;
		const come = () => {
			turn.waiting--;
		};
		answer.then(come, come);
		return answer;
	}

	/** Whether, at the end of this turn, an answer given in it has to wait for one that was put off. */
	isHeldUp(): Promise<boolean> {
		const turn = this.#now();
		return new Promise((resolve) => void this.#ends.push(() => resolve(turn.waiting > 0)));
	}
}
