/** Rules of two documents, put together and compared by their ids. */
import type { Rule } from "../core/policy.ts";

/** Rules, or lists, with others among them: one of the same id takes the place of what is there, the rest come last. */
export function mergeById<One extends { readonly id: string }>(
	own: readonly One[],
	added: readonly One[],
): readonly One[] {
	const byId = new Map(added.map((one) => [one.id, one]));
	const there = new Set(own.map(({ id }) => id));
	return [...own.map((one) => byId.get(one.id) ?? one), ...added.filter(({ id }) => !there.has(id))];
}

const sorted = (rule: Rule) => JSON.stringify(Object.entries(rule).sort(([x], [y]) => (x < y ? -1 : 1)));

/** What one document has that the other has not, or has otherwise. */
export function compareRules(before: readonly Rule[], after: readonly Rule[]) {
	const old = new Map(before.map((rule) => [rule.id, rule]));
	const ids = new Set(after.map(({ id }) => id));
	const added: Rule[] = [];
	const same: Rule[] = [];
	const changed: { readonly before: Rule; readonly after: Rule }[] = [];
	for (const rule of after) {
		const one = old.get(rule.id);
		if (!one) added.push(rule);
		else if (sorted(one) === sorted(rule)) same.push(rule);
		else changed.push({ before: one, after: rule });
	}
	return { added, changed, same, missing: before.filter(({ id }) => !ids.has(id)) };
}
