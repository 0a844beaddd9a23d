/** `npm run --silent inspect`: judges a chain of certificates by a policy (docs/inspect.md). */
import { run } from "./inspect/run.ts";

const { code, stdout, stderr } = await run(process.argv.slice(2));
process.stdout.write(stdout);
process.stderr.write(stderr);
process.exitCode = code;
