// The one tag a shop puts into its pages:
//   <script src="https://chat.shop.example/web/widget/load.js" data-entry="item.book" data-ref="car-881"
//           data-title="A car" data-amount="8600000" data-currency="CNY" async></script>
// A server of several shops is told which one by data-shop="2".
// It draws a button and, once that is touched, opens the chat in a frame of the chat's own origin. The page and the chat
// exchange nothing but the scene and whether the chat is open. A classic script: it runs on pages of any kind.
(() => {
    const script = document.currentScript;
    const origin = new URL(script.src).origin;
    const names = ['shop', 'entry', 'topic', 'ref', 'title', 'amount', 'currency', 'image', 'link', 'category', 'language'];
    const scene = {};
    for (const name of names) if (script.dataset[name]) scene[name] = script.dataset[name].slice(0, 500);
    const words = (script.dataset.language || document.documentElement.lang || navigator.language || 'en').startsWith('zh')
        ? ['打开客服对话', '关闭客服对话', '关闭提示'] : ['Chat with the shop', 'Close the chat', 'Dismiss'];

    const host = document.createElement('div');
    const root = host.attachShadow({ mode: 'closed' });
    const button = document.createElement('button');
    const space = 'http://www.w3.org/2000/svg';
    const drawing = document.createElementNS(space, 'svg');
    const line = document.createElementNS(space, 'path');
    const badge = document.createElement('span');
    let frame = null;
    let isOpen = false;
    let greeting = null;

    const put = (element, style) => Object.assign(element.style, style);
    put(host, { position: 'fixed', inset: 'auto 0 0 auto', zIndex: '2147483000' });
    put(button, {
        position: 'fixed', right: 'max(18px, env(safe-area-inset-right))', bottom: 'max(18px, env(safe-area-inset-bottom))',
        width: '60px', height: '60px', padding: '0', border: '0', borderRadius: '50%', background: '#12564b', color: '#fdfaf3',
        cursor: 'pointer', boxShadow: '0 6px 24px rgb(0 0 0 / 30%)', display: 'grid', placeItems: 'center',
    });
    drawing.setAttribute('viewBox', '0 0 24 24');
    drawing.setAttribute('aria-hidden', 'true');
    put(drawing, { width: '28px', height: '28px', fill: 'none', stroke: 'currentColor', strokeWidth: '1.8', strokeLinecap: 'round', strokeLinejoin: 'round' });
    drawing.append(line);
    put(badge, {
        position: 'absolute', top: '-2px', right: '-2px', minWidth: '22px', height: '22px', padding: '0 6px', borderRadius: '11px',
        background: '#a8261c', color: '#fff', font: '600 13px/22px system-ui, sans-serif', display: 'none',
    });
    button.append(drawing, badge);
    button.type = 'button';
    root.append(button);

    function draw() {
        line.setAttribute('d', isOpen ? 'M6 9l6 6 6-6' : 'M4.5 5.5h15A1.5 1.5 0 0 1 21 7v8.5a1.5 1.5 0 0 1-1.5 1.5H11l-4.5 3.5V17h-2A1.5 1.5 0 0 1 3 15.5V7a1.5 1.5 0 0 1 1.5-1.5z');
        button.setAttribute('aria-label', words[isOpen ? 1 : 0]);
        button.setAttribute('aria-expanded', String(isOpen));
        const isSmall = window.innerWidth < 520;
        button.style.display = isOpen && isSmall ? 'none' : 'grid';
        if (!frame) return;
        put(frame, isSmall ? { inset: '0', width: '100%', height: '100%', borderRadius: '0' } : {
            inset: 'auto 18px 92px auto', width: '400px', height: 'min(680px, calc(100vh - 116px))', borderRadius: '20px',
        });
        frame.style.display = isOpen ? 'block' : 'none';
    }

    function make() {
        frame = document.createElement('iframe');
        frame.title = words[0];
        frame.setAttribute('sandbox', 'allow-scripts allow-same-origin allow-forms allow-popups allow-downloads');
        frame.allow = 'camera; microphone';
        frame.src = `${origin}/widget#${encodeURIComponent(JSON.stringify(scene))}`;
        put(frame, { position: 'fixed', border: '0', background: 'transparent', boxShadow: '0 12px 48px rgb(0 0 0 / 28%)', colorScheme: 'normal' });
        root.append(frame);
    }

    // The count stands before the title of the shop's page, where somebody in another tab sees it.
    function notice(count) {
        const bare = document.title.replace(/^\(\d+\+?\) /, '');
        document.title = count > 0 ? `(${count > 9 ? '9+' : count}) ${bare}` : bare;
    }

    // What the shop says first, beside its button; a touch opens the chat, a cross takes it away.
    function greet(text) {
        if (isOpen || !text) return;
        const note = document.createElement('div');
        const said = document.createElement('button');
        const away = document.createElement('button');
        put(note, {
            position: 'fixed', right: 'max(18px, env(safe-area-inset-right))', bottom: 'calc(max(18px, env(safe-area-inset-bottom)) + 74px)',
            display: 'flex', gap: '4px', alignItems: 'start', maxWidth: 'min(300px, calc(100vw - 36px))', padding: '10px 6px 10px 14px',
            borderRadius: '16px 16px 4px 16px', background: '#fffdf9', color: '#1c2522', boxShadow: '0 8px 32px rgb(0 0 0 / 24%)',
            font: '15px/1.45 system-ui, sans-serif',
        });
        for (const each of [said, away]) put(each, { border: '0', padding: '2px', background: 'none', color: 'inherit', font: 'inherit', textAlign: 'start', cursor: 'pointer' });
        put(away, { width: '28px', height: '28px', flex: 'none', textAlign: 'center', color: '#57625d' });
        note.setAttribute('role', 'status');
        said.type = away.type = 'button';
        said.textContent = text.slice(0, 500);
        away.textContent = '×';
        away.setAttribute('aria-label', words[2]);
        said.addEventListener('click', () => toggle(true));
        away.addEventListener('click', () => { greeting = null; note.remove(); button.focus(); });
        note.append(said, away);
        root.append(note);
        greeting = note;
    }

    function toggle(open) {
        if (open && !frame) make();
        if (open) performance.mark('vitrine-opened');
        isOpen = open;
        greeting?.remove();
        greeting = null;
        draw();
        frame?.contentWindow?.postMessage({ vitrine: open ? 'opened' : 'closed' }, origin);
        if (open) frame.focus();
        else button.focus();
    }

    button.addEventListener('click', () => toggle(!isOpen));
    window.addEventListener('resize', draw);
    window.addEventListener('message', (event) => {
        if (event.origin !== origin || event.source !== frame?.contentWindow) return;
        if (event.data?.vitrine === 'close') toggle(false);
        // How long it took from the touch until something could be written, for whoever measures the page.
        if (event.data?.vitrine === 'ready' && isOpen) performance.measure('vitrine-ready', 'vitrine-opened');
        if (event.data?.vitrine === 'greeting') greet(String(event.data.text ?? ''));
        const count = event.data?.vitrine === 'unread' ? Number(event.data.count) || 0 : null;
        if (count === null) return;
        badge.textContent = count > 9 ? '9+' : String(count);
        badge.style.display = count > 0 && !isOpen ? 'block' : 'none';
        button.setAttribute('aria-label', count > 0 && !isOpen ? `${words[0]} (${count})` : words[isOpen ? 1 : 0]);
        notice(count);
    });
    draw();
    // Somebody who stays for a while may be greeted: the chat is made ready unseen, and asks the shop, which decides by its
    // rules and counts the time itself. The page wishes it by data-greet="20": after so many seconds the first asking.
    function stay() {
        if (!frame) make();
        draw();
    }
    const begin = () => {
        document.body.append(host);
        const seconds = Number(script.dataset.greet ?? 0);
        if (seconds > 0) setTimeout(() => { if (!frame && document.visibilityState === 'visible') stay(); }, seconds * 1000);
    };
    if (document.body) begin();
    else document.addEventListener('DOMContentLoaded', begin);
})();
