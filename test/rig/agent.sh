#!/bin/bash
# A scripted agent: notes its launch outside of the worktree, then does what the test wrote for its spec.
RIG="$(cd "$(dirname "$0")" && pwd)"

# note WORD: one line "spec launch word pid" in the log, in one write.
note() { printf '%s %s %s %s\n' "$ORCHESTRA_SPEC_ID" "$ORCHESTRA_ATTEMPT" "$1" "$$" >>"$RIG/notes.log"; }

# await FILE: until the test has made that file.
await() { until [ -e "$RIG/$1" ]; do sleep 0.02; done; }

note start
if [ -e "$RIG/scripts/$ORCHESTRA_SPEC_ID.sh" ]; then
  . "$RIG/scripts/$ORCHESTRA_SPEC_ID.sh"
else
  echo "made by $ORCHESTRA_SPEC_ID" >"$ORCHESTRA_SPEC_ID.txt"
fi
note end
