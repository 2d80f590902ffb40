// Reads ABC from standard input and prints the notes that abcjs plays, as JSON. ABCJS_HOME: where abcjs was installed.
const home = process.env.ABCJS_HOME || ".";
const abcjs = require(require.resolve("abcjs", { paths: [home, home + "/node_modules"] }));
if (process.argv[2] === "--version") {
  console.log(abcjs.signature.split(" ").pop().replace(/^v/, ""));
} else {
  const text = require("fs").readFileSync(0, "utf8");
  const tune = abcjs.parseOnly(text)[0];
  console.log(JSON.stringify(tune.setUpAudio({ chordsOff: true })));
}
