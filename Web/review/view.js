// The question, its pictures, the buttons and their keys, and how far the work is.

import { t } from '../language.js';
import { h, isTyping, setAttribute, setText } from '../parts/dom.js';
import { icon } from '../parts/icons.js';
import { toast } from '../parts/toast.js';
import { sentence } from '../staff/shell.js';
import { showHelp } from './help.js';
import { showLog } from './log.js';
import { nothingToDo } from './looks.js';
import { PairView } from './pair.js';
import { Progress } from './progress.js';
import { Queue } from './queue.js';
import { show } from './sides.js';

const step = 0.08;

export class ReviewView {
    #busy = false;

    constructor(api) {
        this.api = api;
        this.queue = new Queue(api);
        this.pair = new PairView();
        this.progress = new Progress(api, (change) => this.#turn(change), () => showLog(api, () => this.#turn({})));
        this.asks = h('h2', { class: 'review-asks', tabindex: -1 });
        this.because = h('p', { class: 'review-because quiet' });
        this.below = h('div', { class: 'review-below' });
        this.reason = h('input', { class: 'input review-reason', maxlength: 400, label: 'review_reason', hint: 'review_reason', autocomplete: 'off' });
        this.reason.addEventListener('keydown', (event) => {
            if (event.key === 'Escape' || event.key === 'Enter') this.asks.focus();
        });
        this.said = h('p', { class: 'visually-hidden', role: 'status' });
        this.yes = this.#button('check', 'review_yes', '1', 'is-primary', () => this.#answer('yes'));
        this.no = this.#button('close', 'review_no', '2', '', () => this.#answer('no'));
        this.skip = this.#button(null, 'review_skip', '␣', '', () => this.#answer('skip'));
        this.undo = this.#button('recall', 'review_undo', 'U', '', () => this.#undo());
        this.question = h('section', { class: 'review-question', hidden: true },
            h('div', { class: 'review-words' }, this.asks, this.because), this.pair.element, this.below,
            h('div', { class: 'review-bar' }, h('div', { class: 'review-buttons' }, this.yes, this.no, this.skip, this.undo), this.reason));
        this.empty = h('div', { class: 'review-empty' }, h('p', { class: 'staff-waiting quiet', t: 'loading' }));
        this.element = h('div', { class: 'review' }, this.progress.element, this.question, this.empty, this.said);
        this.queue.addEventListener('changed', () => this.#draw());
        this.onKey = (event) => this.#key(event);
        this.onLanguage = () => this.#draw();
        this.onLeave = () => this.queue.end();
    }

    begin() {
        document.addEventListener('keydown', this.onKey);
        document.addEventListener('vitrine:language', this.onLanguage);
        window.addEventListener('pagehide', this.onLeave);
        this.queue.begin();
        const kind = new URL(window.location).searchParams.get('kind') ?? '';
        this.#turn({ kind });
    }

    end() {
        document.removeEventListener('keydown', this.onKey);
        document.removeEventListener('vitrine:language', this.onLanguage);
        window.removeEventListener('pagehide', this.onLeave);
        this.queue.end();
        this.pair.end();
        this.looking?.abort();
    }

    #button(shape, key, letter, className, action) {
        return h('button', { type: 'button', class: `button review-button ${className}`.trim(), 'aria-keyshortcuts': letter === '␣' ? 'Space' : letter, on: { click: action } },
            shape ? icon(shape) : null, h('span', { t: key }), h('kbd', { 'aria-hidden': 'true' }, letter));
    }

    // MARK: What is shown

    async #turn(change) {
        try {
            await this.queue.turn(change);
        } catch (error) {
            toast('staff_said', { words: sentence(error) });
        }
        const address = new URL(window.location);
        if (this.queue.kind) address.searchParams.set('kind', this.queue.kind);
        else address.searchParams.delete('kind');
        window.history.replaceState(null, '', address);
    }

    #draw() {
        const question = this.queue.current;
        this.question.hidden = question === null;
        this.empty.hidden = question !== null;
        this.undo.disabled = !this.queue.canUndo;
        this.progress.refresh(this.queue);
        this.looking?.abort();
        this.looking = null;
        if (question === null) {
            this.looking = new AbortController();
            this.empty.replaceChildren(nothingToDo(this.api, this.queue, () => this.#turn({}), this.looking.signal));
            if (this.queue.canUndo) this.empty.append(h('p', {}, this.#button('recall', 'review_undo', 'U', '', () => this.#undo())));
            return;
        }
        const { asks, because, below } = show(this.api, this.pair, question);
        setText(this.asks, asks);
        setText(this.because, because ?? '');
        this.below.replaceChildren(...(below ?? []).flat().filter(Boolean));
        this.reason.value = '';
        this.element.dataset.review = String(question.review);
        this.element.dataset.kind = question.kind;
        setAttribute(this.yes, 'aria-description', asks);
    }

    // MARK: Answers

    async #answer(word) {
        if (this.#busy || this.queue.current === null) return;
        await this.#alone(async () => {
            const reply = await this.queue.answer(word, this.reason.value.trim());
            this.said.textContent = t({ yes: 'review_said_yes', no: 'review_said_no', skip: 'review_said_skip' }[word]);
            if (reply?.agrees !== undefined) toast(reply.agrees ? 'review_agrees' : 'review_differs');
        });
    }

    async #undo() {
        if (this.#busy || !this.queue.canUndo) return;
        await this.#alone(async () => {
            await this.queue.undo();
            this.said.textContent = t('review_said_undo');
            toast('review_said_undo');
        });
    }

    async #alone(body) {
        this.#busy = true;
        this.element.classList.add('is-busy');
        try {
            await body();
        } catch (error) {
            toast('staff_said', { words: sentence(error) });
            this.undo.disabled = !this.queue.canUndo;
        } finally {
            this.#busy = false;
            this.element.classList.remove('is-busy');
        }
    }

    // MARK: Keys

    #key(event) {
        if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
        if (document.querySelector('dialog[open]') || isTyping(document.activeElement)) return;
        // The space bar presses a button that has the focus, as everywhere.
        if (event.key === ' ' && document.activeElement?.closest('button, a, select')) return;
        const { pair } = this;
        const action = {
            1: () => this.#answer('yes'), y: () => this.#answer('yes'), 2: () => this.#answer('no'), n: () => this.#answer('no'),
            ' ': () => this.#answer('skip'), u: () => this.#undo(), m: () => pair.next(), b: () => pair.show('blink'),
            o: () => pair.show('over'), s: () => pair.show('side'), t: () => pair.turn(), '+': () => pair.zoom(1.25),
            '=': () => pair.zoom(1.25), '-': () => pair.zoom(0.8), 0: () => pair.reset(), ArrowLeft: () => pair.pan(step, 0),
            ArrowRight: () => pair.pan(-step, 0), ArrowUp: () => pair.pan(0, step), ArrowDown: () => pair.pan(0, -step),
            r: () => this.reason.focus(), h: () => showLog(this.api, () => this.#turn({})), '?': () => showHelp(),
        }[event.key.length === 1 ? event.key.toLowerCase() : event.key];
        if (!action) return;
        event.preventDefault();
        action();
    }
}
