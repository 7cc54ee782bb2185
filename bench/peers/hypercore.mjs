// hypercore.mjs FILE BATCH FOLDER [MOST]: appends the lines of FILE (at most MOST) to a new hypercore in FOLDER,
// BATCH at a time, and prints how long that took, from the first append to the last's return. Reading the lines is
// not counted.
import fs from 'node:fs'
import Hypercore from 'hypercore'

const [file, batch, folder, most] = process.argv.slice(2)
const lines = fs.readFileSync(file, 'utf8').split('\n').filter((line) => line !== '').slice(0, Number(most ?? Infinity))
const records = lines.map((line) => Buffer.from(line))

const core = new Hypercore(folder)
await core.ready()
const begin = process.hrtime.bigint()
if (Number(batch) === 1) {
  for (const record of records) await core.append(record)
} else {
  for (let at = 0; at < records.length; at += Number(batch)) await core.append(records.slice(at, at + Number(batch)))
}
const seconds = Number(process.hrtime.bigint() - begin) / 1e9
if (core.length !== records.length) throw new Error('not all records were appended')
await core.close()
console.log(JSON.stringify({ records: records.length, seconds }))
