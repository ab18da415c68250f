// What the server's search found, with the words marked; choosing a hit opens its conversation at the message.

import { brief } from '../dates.js';
import { t } from '../language.js';
import { search } from '../matrix/actions.js';
import { debounced, h, setText } from '../parts/dom.js';

export class SearchView {
    #asked = '';
    #soon = debounced(300, (words) => this.#ask(words));

    /** `titleOf(roomId)` names a conversation; `open(roomId, eventId)` is called when a hit is chosen. */
    constructor(client, titleOf, open) {
        this.client = client;
        this.titleOf = titleOf;
        this.open = open;
        this.list = h('ul', { class: 'hits', label: 'found_messages' });
        this.status = h('p', { class: 'hits-status', role: 'status', 'aria-live': 'polite' });
        this.element = h('section', { class: 'search-hits', hidden: true },
            h('h2', { class: 'section-title', t: 'found_messages' }), this.status, this.list);
    }

    /** Looks for `words` soon; fewer than two letters (or one Chinese character) are not looked for. */
    look(words) {
        const asked = words.trim();
        this.#asked = asked;
        const enough = [...asked].length >= 2 || /\p{Script=Han}/u.test(asked);
        this.element.hidden = !enough;
        if (!enough) {
            this.list.replaceChildren();
            return;
        }
        setText(this.status, t('searching'));
        this.#soon(asked);
    }

    async #ask(words) {
        if (words !== this.#asked) return;
        try {
            const reply = await search(this.client, words);
            if (words === this.#asked) this.#show(Array.isArray(reply.hits) ? reply.hits : []);
        } catch {
            if (words === this.#asked) setText(this.status, t('search_failed'));
        }
    }

    #show(hits) {
        const whole = hits.filter((hit) => hit?.event?.content);
        this.list.replaceChildren(...whole.map((hit) => h('li', {}, this.#row(hit))));
        setText(this.status, hits.length ? '' : t('search_none'));
    }

    #row({ room, event, ranges }) {
        const words = String(event.content.body ?? '');
        return h('button', { type: 'button', class: 'hit', on: { click: () => this.open(room, event.event_id) } },
            h('span', { class: 'hit-title', dir: 'auto' }, this.titleOf(room) ?? '…'),
            h('time', { class: 'inbox-time' }, event.origin_server_ts ? brief(event.origin_server_ts) : ''),
            h('span', { class: 'hit-text', dir: 'auto' }, marked(words, ranges, this.#asked)),
        );
    }
}

/** `words` with the found parts in <mark>: `ranges` as [start, length] in UTF-16, else where the asked words stand. */
function marked(words, ranges, asked) {
    const given = Array.isArray(ranges) ? ranges : [];
    let spans = given.filter((each) => Array.isArray(each) && each.every(Number.isInteger));
    if (spans.length === 0) {
        const at = words.toLocaleLowerCase().indexOf(asked.toLocaleLowerCase());
        spans = at >= 0 ? [[at, asked.length]] : [];
    }
    const first = spans[0]?.[0] ?? 0;
    const from = Math.max(0, first - 40);
    const nodes = [from > 0 ? '…' : ''];
    let at = from;
    for (const [start, length] of spans) {
        if (start < at || length <= 0) continue;
        nodes.push(words.slice(at, start), h('mark', {}, words.slice(start, start + length)));
        at = start + length;
    }
    nodes.push(words.slice(at, from + 200));
    return nodes.filter((node) => node !== '');
}
