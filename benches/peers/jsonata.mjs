// How fast is JSONata on the same records? `node benches/peers/jsonata.mjs FOLDER`, where `CROSSWALK_BENCH_DATA=FOLDER cargo bench`
// has left them and `npm install jsonata` its package. Every record is compared with what the program by hand makes of it.
import {readFileSync} from "node:fs";
import {createRequire} from "node:module";
import {join} from "node:path";

const folder = process.argv[2];
const jsonata = createRequire(join(process.cwd(), "package.json"))("jsonata");
const text = (name) => readFileSync(join(folder, name), "utf8");
const programs = new URL(".", import.meta.url).pathname;

const canonical = (value) =>
  Array.isArray(value) ? value.map(canonical)
    : value && typeof value === "object" ? Object.fromEntries(Object.keys(value).sort().map((name) => [name, canonical(value[name])]))
      : value;
const same = (one, two) => JSON.stringify(canonical(one)) === JSON.stringify(canonical(two));

for (const mapping of ["subcontracts", "cost_rows"]) {
  const program = jsonata(readFileSync(join(programs, `${mapping}.jsonata`), "utf8"));
  const links = JSON.parse(text(`${mapping}.links.json`));
  const records = text(`${mapping}.ndjson`).trimEnd().split("\n");
  const expected = text(`${mapping}.expected.ndjson`).split("\n");
  const map = async (record) => JSON.stringify(await program.evaluate(JSON.parse(record), {links}));
  for (const [nth, record] of records.entries()) {
    const made = await map(record);
    if (!same(made === undefined ? "" : JSON.parse(made), expected[nth] === "" ? "" : JSON.parse(expected[nth]))) {
      throw new Error(`${mapping}: record ${nth} differs\n${made}\n${expected[nth]}`);
    }
  }
  const rounds = [];
  for (let round = 0; round < 9; round += 1) {
    const began = process.hrtime.bigint();
    for (const record of records) await map(record);
    rounds.push(Number(process.hrtime.bigint() - began) / records.length / 1000);
  }
  rounds.sort((one, two) => one - two);
  console.log(`${mapping}: JSONata maps a record in ${rounds[4].toFixed(1)} us (${records.length} records, same output)`);
}
