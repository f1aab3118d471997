import type { ProblemCode } from './problems-en.ts';

/** What each problem says in Japanese; the same codes and parameters as the English table. */
export const japaneseProblems: Readonly<Record<ProblemCode, string>> = {
  'invalid-toml': 'TOML として正しくありません: {detail}。',
  'unknown-key': '未知のキー `{key}` です。[[`{suggestion}` の間違いではありませんか?]][[ここで使えるキー: {known}。]]',
  'wrong-type': '`{key}` の型は {expected} でなければなりません ({found} が指定されています)。',
  'invalid-value': '`{key}` は {allowed} のいずれかでなければなりません ("{value}" が指定されています)。',
  'out-of-range': '`{key}` の値 {value} は範囲外です ({minimum}〜{maximum})。',
  'invalid-duration':
    '`{key}` の "{value}" は期間として読めません。"500ms"、"5s"、"30m"、"1h30m" のように書いてください。',
  'empty-text': '`{key}` が空です。内容を書くか、キーを削除してください。',
  'invalid-glob':
    '`{key}` の "{value}" は使えません。`..` や先頭の `!` を含まない相対グロブを書き、括弧をすべて閉じ、選択肢を 256 以内にしてください。',
  'path-outside':
    '`{key}` の "{value}" は使えません。ワークスペースのルートからの相対パスで、その内側を指定してください。',
  'reserved-path': '`{key}` の "{value}" は使えません。`.git` と `.orchestra` は git とオーケストレーターの領域です。',
  'invalid-pattern': '`{key}` は正規表現として正しくありません: {detail}。',
  'section-unavailable': '`{key}` はこのバージョンでは利用できません。削除してください。',
  'strategy-unavailable': '戦略 "{value}" はこのバージョンでは利用できません。"solo" を使ってください。',

  'environment-value':
    '`{key}` に値が書かれています。変数の「名前」だけを書いてください。値は環境から取得されるため、秘密がファイルに残りません。',
  'invalid-variable-name': '`{key}` は環境変数の名前ではありません (英字、数字、`_`)。',
  'invalid-agent-name':
    'エージェント名 "{value}" は使えません。英字または数字で始まる、英数字と `-`、`_`、`.` の1〜64文字にしてください。',
  'unknown-driver': 'エージェント `{agent}` のドライバー "{value}" は存在しません。利用できるドライバー: {known}。',
  'missing-command':
    'エージェント `{agent}` のドライバー "{driver}" には `command = ["プログラム", "引数"]` が必要です。',
  'ambiguous-agent':
    '複数のエージェントが設定されています ({known})。[orchestrator] の `agent` で既定のものを指定してください。',
  'invalid-reference': '`{key}` の "{value}" はブランチ、タグ、コミットの名前ではありません。',

  'unclosed-front-matter': 'ここから始まるフロントマターが閉じられていません。`+++` の行で終えてください。',
  'yaml-front-matter':
    'YAML のフロントマターのようですが、読み込まれません。2つの `+++` の行の間に TOML で書いてください。',
  'invalid-id':
    'ID "{id}" は使えません。フロントマターの `id` に、英字または数字で始まる、英数字と `-`、`_`、`.` の1〜64文字を指定してください (`..` を含まず、`.` や `.lock` で終わらないこと)。',
  'duplicate-id': 'ID "{id}" は {other} で既に使われています (大文字と小文字は区別されません)。',
  'duplicate-id-first': '最初の使用箇所です。',
  'heading-id-mismatch':
    '見出しは {heading} ですが、この Spec の ID は "{id}" です。ファイル名を変えるか、フロントマターに `id` を指定してください。',
  'missing-title': 'Spec "{id}" にタイトルがありません。見出しで始めるか、`title` を指定してください。',
  'empty-body': 'Spec "{id}" には本文がないため、エージェントは何もできません。',
  'unknown-dependency': '"{id}" の依存先 "{dependency}" は存在しません。[["{suggestion}" の間違いではありませんか?]]',
  'self-dependency': '"{id}" が自分自身に依存しています。依存関係を削除してください。',
  'duplicate-dependency': '"{id}" の依存先 "{dependency}" が重複しています。',
  'unclear-dependency':
    '依存関係のこの項目 ("{text}") は Spec を示していないため、待機の対象になりません。[["{suggestion}" のように]]ID で始めるか、別の場所に移してください。',
  cycle: '依存関係が循環しています: {path}。いずれかの依存関係を削除してください。',
  'cycle-member': 'ここで {id} は {dependency} に依存しています。',
  'unknown-agent':
    'エージェント "{agent}" は存在しません。[["{suggestion}" の間違いではありませんか?]]利用できるエージェント: {known}。orchestra.toml の [agents.NAME] で追加できます。',

  'no-specs':
    '[[{sources} に ]]Spec がありません。Markdown ファイルを置くか、[orchestrator] の `specs` を設定してください。',
  'empty-source': '"{source}" に Spec がありません。',
  'unreadable-file': 'このファイルを読めません: {detail}。',
  'not-utf8': 'このファイルは UTF-8 のテキストではありません。UTF-8 で保存してください。',
  'link-outside': 'このリンクはワークスペースの外を指しているため、無視されます。',
};
