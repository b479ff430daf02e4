/** A benchmark as a job: what it occupies and its script, whose output `readMeasures` understands. */
export interface Benchmark {
  readonly name: string
  readonly tasks: number
  readonly script: string
}

/** Share of the memory that the matrix of HPL fills: enough to leave the caches, with room for the rest of the suite. */
const MATRIX_SHARE = 0.2
const BLOCK = 128

/** Side of the matrix of HPL for so many MB, a whole number of blocks. */
export function matrixSide(megabytes: number): number {
  const side = Math.sqrt((megabytes * 1_048_576 * MATRIX_SHARE) / 8)
  return Math.max(Math.floor(side / BLOCK), 1) * BLOCK
}

/**
 * HPC Challenge (HPL, STREAM, ping-pong of messages) and fio, as Debian packages them. `side` is that of HPL's matrix, `fileMegabytes`
 * the size of fio's file.
 */
export function standardBenchmarks(cpus: number, side: number, fileMegabytes: number): readonly Benchmark[] {
  return [
    { name: 'hpcc', tasks: cpus, script: hpccScript(cpus, side) },
    { name: 'fio', tasks: 1, script: fioScript(fileMegabytes) },
  ]
}

function hpccScript(cpus: number, side: number): string {
  const [rows, columns] = gridOf(cpus)
  return `set -e
command -v hpcc mpirun > /dev/null || { echo 'hpcc or mpirun is not installed: apt-get install hpcc openmpi-bin'; exit 127; }
cat > hpccinf.txt << 'END'
HPLinpack benchmark input file
HPC Challenge
HPL.out
8
1
${side}
1
${BLOCK}
0
1
${rows}
${columns}
16.0
1
2
1
4
1
2
1
1
1
1
1
0
2
64
0
0
1
8
END
export OMPI_ALLOW_RUN_AS_ROOT=1 OMPI_ALLOW_RUN_AS_ROOT_CONFIRM=1
mpirun --oversubscribe -np ${cpus} hpcc
sed -n '/Begin of Summary section/,/End of Summary section/p' hpccoutf.txt
`
}

/** Not through the cache of the machine where the file system allows that. */
function fioScript(megabytes: number): string {
  return `set -e
command -v fio > /dev/null || { echo 'fio is not installed: apt-get install fio'; exit 127; }
run() { fio --name=file --filename=fio.data --size=${megabytes}M --bs=1M --end_fsync=1 --direct="$1" --rw=write --output-format=json > write.json; }
direct=1; run 1 || { direct=0; run 0; }
fio --name=write --filename=fio.data --size=${megabytes}M --bs=1M --end_fsync=1 --direct=$direct --rw=write \\
  --name=read --stonewall --filename=fio.data --size=${megabytes}M --bs=1M --direct=$direct --rw=read --output-format=json
rm -f fio.data
`
}

/** The most nearly square grid of so many processes. */
function gridOf(processes: number): readonly [number, number] {
  let rows = Math.floor(Math.sqrt(processes))
  while (processes % rows !== 0) rows--
  return [rows, processes / rows]
}
