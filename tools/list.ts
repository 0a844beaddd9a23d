/** `npm run --silent list`: makes keys for refusal lists, signs and checks lists (docs/lists.md). */
import { run } from "./list/run.ts";

const { code, stdout, stderr } = await run(process.argv.slice(2));
process.stdout.write(stdout);
process.stderr.write(stderr);
process.exitCode = code;
