// A mocha reporter: prints like `spec` and writes the counts as JSON to the file named by ORCHESTRA_TEST_COUNTS.
const { writeFileSync } = require('node:fs');
const loaded = require('mocha');

const Mocha = loaded.default ?? loaded;

module.exports = class CountingReporter extends Mocha.reporters.Spec {
  constructor(runner, options) {
    super(runner, options);
    runner.once(Mocha.Runner.constants.EVENT_RUN_END, () => {
      const { passes, failures, pending } = this.stats;
      const path = process.env.ORCHESTRA_TEST_COUNTS;
      if (path) writeFileSync(path, JSON.stringify({ passed: passes, failed: failures, skipped: pending }));
    });
  }
};
