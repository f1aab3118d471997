/**
 * What each problem says in English, by its code. `{name}` is a parameter; a part in `[[…]]` is left out when one of its
 * parameters is empty.
 */
export const englishProblems = {
  // Any TOML that people write.
  'invalid-toml': 'This is not valid TOML: {detail}.',
  'unknown-key': 'Unknown key `{key}`.[[ Did you mean `{suggestion}`?]][[ Known here: {known}.]]',
  'wrong-type': '`{key}` must be of type {expected}, not {found}.',
  'invalid-value': '`{key}` must be one of {allowed}, not "{value}".',
  'out-of-range': '`{key}` is {value}; it must be from {minimum} to {maximum}.',
  'invalid-duration': '`{key}` is "{value}"; write a duration such as "500ms", "5s", "30m" or "1h30m".',
  'empty-text': '`{key}` is empty; write a text or leave the key out.',
  'invalid-glob':
    '`{key}` holds "{value}", which cannot be used: write a relative glob without `..` or a leading `!`, close every brace and bracket, and keep to 256 alternatives.',
  'path-outside': '`{key}` holds "{value}"; write a path inside the workspace, relative to its root.',
  'reserved-path': '`{key}` holds "{value}"; `.git` and `.orchestra` belong to git and to the orchestrator.',
  'invalid-pattern': '`{key}` is not a valid regular expression: {detail}.',
  'section-unavailable': '`{key}` is not available in this version; remove it.',
  'strategy-unavailable': 'The strategy "{value}" is not available in this version: use "solo".',

  // orchestra.toml.
  'environment-value':
    '`{key}` holds a value. List the NAMES of variables only: their values are taken from the environment, so that no secret stands in a file.',
  'invalid-variable-name': '`{key}` is not the name of an environment variable (letters, digits and `_`).',
  'invalid-agent-name':
    'The agent name "{value}" cannot be used: 1-64 letters, digits, `-`, `_`, `.`, beginning with a letter or digit.',
  'unknown-driver': 'Agent `{agent}` names the driver "{value}", which does not exist. Known drivers: {known}.',
  'missing-command': 'Agent `{agent}` uses the driver "{driver}", which needs `command = ["program", "argument"]`.',
  'ambiguous-agent': 'Several agents are configured ({known}); name the default with `agent` in [orchestrator].',
  'invalid-reference': '`{key}` is "{value}", which is not the name of a branch, tag or commit.',

  // Specs.
  'unclosed-front-matter': 'The front matter that begins here is never closed; end it with a line `+++`.',
  'yaml-front-matter':
    'This looks like YAML front matter, which is not read. Write TOML between two `+++` lines instead.',
  'invalid-id':
    'The id "{id}" cannot be used. Set `id` in the front matter to 1-64 letters, digits, `-`, `_`, `.`, beginning with a letter or digit, without `..`, and not ending in `.` or `.lock`.',
  'duplicate-id': 'The id "{id}" is already taken by {other}; ids are compared without regard to case.',
  'duplicate-id-first': 'First used here.',
  'heading-id-mismatch':
    'The heading says {heading}, but the id of this spec is "{id}". Rename the file or set `id` in the front matter.',
  'missing-title': 'The spec "{id}" has no title; begin it with a heading or set `title`.',
  'empty-body': 'The spec "{id}" has no text below its front matter, so its agent gets nothing to do.',
  'unknown-dependency': '"{id}" depends on "{dependency}", which does not exist.[[ Did you mean "{suggestion}"?]]',
  'self-dependency': '"{id}" depends on itself; remove the dependency.',
  'duplicate-dependency': '"{id}" names its dependency "{dependency}" more than once.',
  'unclear-dependency':
    'No spec is named by this entry of the dependencies ("{text}"), so it is not waited for. Begin it with an id[[ such as "{suggestion}"]], or move it elsewhere.',
  cycle: 'These specs wait for each other: {path}. Remove one of the dependencies.',
  'cycle-member': '{id} depends on {dependency} here.',
  'unknown-agent':
    'The agent "{agent}" does not exist.[[ Did you mean "{suggestion}"?]] Known agents: {known}; others are made with [agents.NAME] in orchestra.toml.',

  // Files.
  'no-specs': 'No spec was found[[ in {sources}]]. Put Markdown files there, or set `specs` in [orchestrator].',
  'empty-source': 'No spec was found in "{source}".',
  'unreadable-file': 'This file cannot be read: {detail}.',
  'not-utf8': 'This file is not UTF-8 text; save it as UTF-8.',
  'link-outside': 'This link leads out of the workspace and is ignored.',
} as const;

/** The stable codes of all problems and of their related places. */
export type ProblemCode = keyof typeof englishProblems;
