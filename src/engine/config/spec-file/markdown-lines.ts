/** One line of Markdown: its offset in the whole text, and its text without the line end. */
export interface MarkdownLine {
  readonly start: number;
  readonly text: string;
}

/** The lines of `text` from offset `from` that are prose: neither in a fenced code block nor in an HTML comment. */
export function proseLines(text: string, from: number): readonly MarkdownLine[] {
  const lines: MarkdownLine[] = [];
  let fence: string | undefined;
  let inComment = false;
  for (let start = from; start < text.length;) {
    const newline = text.indexOf('\n', start);
    const end = newline === -1 ? text.length : newline;
    const line = text.slice(start, end).replace(/\r$/, '');
    const marker = /^ {0,3}(`{3,}|~{3,})(.*)$/.exec(line);
    if (fence !== undefined) {
      if (marker !== null && marker[1]?.startsWith(fence) === true && marker[2]?.trim() === '') fence = undefined;
    } else if (inComment) inComment = !line.includes('-->');
    else if (marker?.[1] !== undefined && !(marker[1].startsWith('`') && marker[2]?.includes('`') === true)) {
      fence = marker[1];
    } else if (line.lastIndexOf('<!--') > line.lastIndexOf('-->')) inComment = true;
    else lines.push({ start, text: blankComments(line) });
    start = end + 1;
  }
  return lines;
}

/** Comments within a line give way to as many spaces, so that offsets stay right. */
function blankComments(line: string): string {
  return line.includes('<!--') ? line.replaceAll(/<!--.*?-->/g, (comment) => ' '.repeat(comment.length)) : line;
}
