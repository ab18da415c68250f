/// What is looked at in a page, as JavaScript: a small part of what WCAG 2.1 AA asks for, the part a program can decide.
enum AccessibilityAudit {
    /// Answers a list of sentences, one a finding.
    static let script = """
        (() => {
            const findings = [];
            const shown = (e) => e.checkVisibility({ visibilityProperty: true, opacityProperty: false }) && e.getClientRects().length > 0;
            const describe = (e) => e.tagName.toLowerCase() + '.' + [...e.classList].join('.') + ' "' + e.textContent.trim().slice(0, 40) + '"';

            const nameOf = (e) => {
                const by = (e.getAttribute('aria-labelledby') ?? '').split(' ').map(id => document.getElementById(id)?.textContent ?? '').join(' ');
                const label = e.labels?.length ? [...e.labels].map(l => l.textContent).join(' ') : '';
                return (by.trim() || e.getAttribute('aria-label') || label || e.textContent || e.title || e.alt || '').trim();
            };
            const controls = 'button, a[href], input:not([type=hidden]), textarea, select, dialog, [role=menu], [role=img], [role=article]';
            for (const e of document.querySelectorAll(controls)) {
                if (shown(e) && !nameOf(e)) findings.push('no name: ' + describe(e));
            }
            for (const e of document.querySelectorAll('img')) if (!e.hasAttribute('alt')) findings.push('no alt: ' + describe(e));
            const ids = [...document.querySelectorAll('[id]')].map(e => e.id);
            for (const id of new Set(ids)) if (ids.filter(i => i === id).length > 1) findings.push('id twice: ' + id);
            for (const e of document.querySelectorAll('[aria-hidden=true] :is(button, a, input)')) findings.push('hidden control: ' + describe(e));
            if (!document.documentElement.lang) findings.push('no language');
            if (document.querySelectorAll('main').length !== 1) findings.push('not one main');
            if ([...document.querySelectorAll('h1')].filter(shown).length > 1) findings.push('more than one h1');
            for (const e of document.querySelectorAll('button, a[href], input, textarea')) {
                const box = e.getBoundingClientRect();
                const inline = getComputedStyle(e).display === 'inline';
                if (shown(e) && !inline && box.width > 1 && (box.width < 20 || box.height < 20)) findings.push('too small: ' + describe(e));
            }

            const pen = document.createElement('canvas').getContext('2d', { willReadFrequently: true });
            const colour = (text) => {
                pen.clearRect(0, 0, 1, 1);
                pen.fillStyle = text;
                pen.fillRect(0, 0, 1, 1);
                const [r, g, b, a] = pen.getImageData(0, 0, 1, 1).data;
                return [r, g, b, a / 255];
            };
            const over = (top, under) => [0, 1, 2].map(i => top[i] * top[3] + under[i] * (1 - top[3])).concat(1);
            const behind = (e) => {
                const layers = [];
                for (let at = e; at; at = at.parentElement) {
                    layers.push(colour(getComputedStyle(at).backgroundColor));
                    if (layers.at(-1)[3] === 1) break;
                }
                return layers.reverse().reduce((under, top) => over(top, under), [255, 255, 255, 1]);
            };
            const light = ([r, g, b]) => [r, g, b].map(v => v / 255).map(v => v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4)
                .reduce((sum, v, i) => sum + v * [0.2126, 0.7152, 0.0722][i], 0);
            const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
            for (let node = walker.nextNode(); node; node = walker.nextNode()) {
                const e = node.parentElement;
                if (!node.data.trim() || !e || !shown(e) || e.closest('[aria-hidden=true], :disabled, noscript, .visually-hidden')) continue;
                const style = getComputedStyle(e);
                const paper = behind(e);
                const ink = over(colour(style.color), paper);
                const [high, low] = [light(ink), light(paper)].sort((a, b) => b - a);
                const ratio = (high + 0.05) / (low + 0.05);
                const size = parseFloat(style.fontSize);
                const large = size >= 24 || (size >= 18.66 && Number(style.fontWeight) >= 700);
                if (ratio < (large ? 3 : 4.5)) findings.push('contrast ' + ratio.toFixed(2) + ': ' + describe(e));
            }
            return [...new Set(findings)];
        })()
        """

    /// Answers what breaks when there is little room or text takes more of it: WCAG 1.4.10 and 1.4.12, and pages without a
    /// title or a place that says what has changed (2.4.2, 4.1.3).
    static let reflowScript = """
        (() => {
            const findings = [];
            if (!document.title.trim()) findings.push('no title');
            if (!document.querySelector('[role=status], [aria-live]')) findings.push('nothing says what has changed');
            const wide = (when) => {
                if (document.documentElement.scrollWidth > innerWidth) findings.push(when + ': the page scrolls sideways');
                for (const e of document.querySelectorAll('button, h1, h2, h3, p, label, li')) {
                    const box = e.getBoundingClientRect();
                    const shown = e.checkVisibility({ visibilityProperty: true }) && box.width > 1 && !e.closest('.visually-hidden');
                    if (shown && (box.right > innerWidth + 1 || box.left < -1)) findings.push(when + ': out of the window: ' + e.tagName + ' ' + e.textContent.trim().slice(0, 40));
                }
            };
            wide('as it is');
            const sheet = new CSSStyleSheet();
            sheet.replaceSync('* { line-height: 1.5 !important; letter-spacing: 0.12em !important; word-spacing: 0.16em !important; }');
            document.adoptedStyleSheets = [sheet];
            wide('with more space in texts');
            document.adoptedStyleSheets = [];
            return [...new Set(findings)];
        })()
        """

    /// Answers `{name, isVisible}` of what has the focus; null for the page itself.
    static let focusScript = """
        (() => {
            const e = document.activeElement;
            if (!e || e === document.body) return {};
            const ring = (at) => {
                const style = getComputedStyle(at);
                return (style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) >= 2) || style.boxShadow !== 'none';
            };
            const box = e.getBoundingClientRect();
            const name = e.tagName + ' ' + (e.getAttribute('aria-label') ?? e.textContent.trim().slice(0, 40)) + ' ' + Math.round(box.x) + ',' + Math.round(box.y);
            return { name, isVisible: ring(e) || (e.matches('.composer-field') && ring(e.closest('form'))) };
        })()
        """
}
