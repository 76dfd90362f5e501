// The lab's writing, from the outside. `write ORIGIN`: messages come in as JSON, texts go out, by
// language. `run`: texts in JavaScript come in, and each is run as a program of its own.

import { readFileSync } from "node:fs";
import { LANGUAGES, written } from "../../client_sdk/dreamsync_web/pages/lab/writing.js";
import { connect } from "../../client_sdk/dreamsync_web/sdk/dreamsync.js";

const [what, origin] = process.argv.slice(2);
const given = JSON.parse(readFileSync(0, "utf8"));
const AsyncFunction = (async () => {}).constructor;
const IMPORTED = /^import \{ connect \} from ".*\/sdk\/dreamsync\.js";\n/;

if (what === "write") {
  console.log(JSON.stringify(given.map(({ q, n, ...plain }) => Object.fromEntries(
    LANGUAGES.map((language) => [language, written(language, plain, origin, q !== undefined)])))));
} else {
  const dream = await connect(origin);
  for (const text of given) {
    const viewer = await dream.desk("w_7Qz1", { token: "d_1" });
    await new AsyncFunction("connect", "viewer", `{ ${text.replace(IMPORTED, "")}\n}`)(connect, viewer);
    // A pose waits for nobody: it goes behind the first of these, and before the second.
    for (let i = 0; i < 2 && !viewer.isOver; i++) await viewer.ask("people");
    await dream.lobby.ask({ type: "card", code: "next" });
  }
  process.exit(0);
}
