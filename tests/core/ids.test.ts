import fc from "fast-check";
import { expect, test } from "vitest";
import { newRuleId } from "../../src/core/ids.ts";

test("ids are made of titles, and are never taken", () => {
	expect(newRuleId("DigiNotar B.V.", [])).toBe("diginotar-b-v");
	expect(newRuleId("Électricité", [])).toBe("electricite");
	expect(newRuleId("中国", ["rule"])).toBe("rule-2");
	expect(newRuleId("CNNIC", ["cnnic", "cnnic-2"])).toBe("cnnic-3");
	fc.assert(
		fc.property(fc.string({ maxLength: 200, unit: "grapheme" }), (title) => {
			expect(newRuleId(title, [])).toMatch(/^[a-z0-9][a-z0-9-]{0,63}$/);
		}),
	);
});
