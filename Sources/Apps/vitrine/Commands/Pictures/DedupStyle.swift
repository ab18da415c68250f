/// How the page of duplicates looks and what its two controls do.
enum DedupStyle {
    static let css = """
        :root { color-scheme: light dark; --ground: #f6f6f4; --card: #fff; --text: #1d1d1b; --soft: #6a6a66;
          --line: #dcdcd6; --good: #1c6b3c; --bad: #9b2c1f; --maybe: #8a5a00; }
        @media (prefers-color-scheme: dark) { :root { --ground: #161615; --card: #222220; --text: #efefec;
          --soft: #a3a39d; --line: #3a3a36; --good: #7fd3a0; --bad: #f0a196; --maybe: #e8bf6a; } }
        * { box-sizing: border-box; }
        body { margin: 0; background: var(--ground); color: var(--text);
          font: 15px/1.45 system-ui, "Noto Sans", "Noto Sans CJK SC", "PingFang SC", sans-serif; }
        body:not(.zh) [lang=zh], body.zh [lang=en] { display: none; }
        header { max-width: 1320px; margin: 0 auto; padding: 24px 20px 8px; position: relative; }
        h1 { margin: 0; font-size: 24px; }
        p { margin: 6px 0; }
        .folder { color: var(--soft); overflow-wrap: anywhere; }
        .explain { color: var(--soft); font-size: 13px; }
        button { font: inherit; color: inherit; background: var(--card); border: 1px solid var(--line);
          border-radius: 8px; padding: 5px 12px; cursor: pointer; }
        button[aria-pressed=true] { border-color: var(--text); box-shadow: inset 0 0 0 1px var(--text); }
        #language { position: absolute; right: 20px; top: 24px; }
        nav { display: flex; flex-wrap: wrap; gap: 8px; margin: 12px 0; }
        main { max-width: 1320px; margin: 0 auto; padding: 8px 20px 40px; display: grid; gap: 16px;
          grid-template-columns: repeat(auto-fill, minmax(min(100%, 400px), 1fr)); }
        article { background: var(--card); border: 1px solid var(--line); border-radius: 12px; padding: 12px;
          display: grid; grid-template-columns: 1fr 1fr; gap: 10px; align-content: start; }
        article[hidden] { display: none; }
        figure { margin: 0; min-width: 0; }
        figure > a { display: grid; place-items: center; height: 220px; background: var(--ground);
          border-radius: 8px; overflow: hidden; }
        img { max-width: 100%; max-height: 220px; }
        figcaption { margin-top: 6px; font-size: 13px; overflow-wrap: anywhere; }
        figcaption a { color: inherit; }
        figcaption small { display: block; color: var(--soft); }
        .badge { display: inline-block; margin-right: 6px; font-weight: 600; }
        .stays { color: var(--good); } .goes { color: var(--bad); } .maybe, .other { color: var(--maybe); }
        .why { grid-column: 1 / -1; margin: 0; padding-top: 8px; border-top: 1px solid var(--line);
          color: var(--soft); font-size: 13px; }
        code { font-size: 0.95em; background: var(--card); padding: 1px 4px; border-radius: 4px; }
        .none { grid-column: 1 / -1; color: var(--soft); }
        """

    static let script = """
        const body = document.body;
        function speak(chinese) {
          body.classList.toggle('zh', chinese);
          document.documentElement.lang = chinese ? 'zh' : 'en';
        }
        speak(navigator.language.startsWith('zh'));
        document.getElementById('language').onclick = () => speak(!body.classList.contains('zh'));
        for (const button of document.querySelectorAll('nav button')) {
          button.onclick = () => {
            for (const other of document.querySelectorAll('nav button')) {
              other.setAttribute('aria-pressed', String(other === button));
            }
            const kind = button.dataset.show;
            for (const card of document.querySelectorAll('article')) {
              card.hidden = kind !== 'all' && card.dataset.kind !== kind;
            }
          };
        }
        """
}
