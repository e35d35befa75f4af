// Raw strokes come in as JSON lines, what the browser would log comes out: the product's own thinning and code.
import { readFileSync } from "node:fs";
import { asLogged } from "../../static/js/live/board_state.js";

const steps = JSON.parse(readFileSync(0, "utf8"));
process.stdout.write(JSON.stringify(steps.map((step) => (step.points ? asLogged(step) : step))));
