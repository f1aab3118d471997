// A mocha reporter: prints like `spec` and writes the counts as JSON to the file named by ORCHESTRA_TEST_COUNTS. With the
// reporter option `leftovers=fail`, a process that something keeps alive after the last test says by what, counts one failure more and ends.
const { writeFileSync } = require('node:fs');
const loaded = require('mocha');

const Mocha = loaded.default ?? loaded;
const leftoverGraceMs = 15_000;

module.exports = class CountingReporter extends Mocha.reporters.Spec {
  constructor(runner, options) {
    super(runner, options);
    runner.once(Mocha.Runner.constants.EVENT_RUN_END, () => {
      writeCounts(this.stats, 0);
      if (options.reporterOptions?.leftovers === 'fail') {
        setTimeout(reportLeftovers, leftoverGraceMs, this.stats).unref();
      }
    });
  }
};

function writeCounts({ passes, failures, pending }, more) {
  const path = process.env.ORCHESTRA_TEST_COUNTS;
  if (path) writeFileSync(path, JSON.stringify({ passed: passes, failed: failures + more, skipped: pending }));
}

// Its timer holds nothing: it fires only where something else does. Mocha sets the exit code itself, from its failures,
// so the counts are what tells.
function reportLeftovers(stats) {
  console.error(`The tests have ended, but these are still open: ${process.getActiveResourcesInfo().join(', ')}`);
  writeCounts(stats, 1);
  process.exit();
}
