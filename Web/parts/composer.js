// <vt-composer>: where messages are written. Says `vt-send` with {text, parts, mode}, `vt-typing` with {typing} and
// `vt-escape` when Escape finds nothing left to cancel. Drafts are kept by conversation.

import { readItem, removeItem, writeItem } from '../matrix/storage.js';
import { iconButton } from './buttons.js';
import { debounced, h } from './dom.js';
import { openPalette } from './emoji.js';
import { icon } from './icons.js';
import { Tray } from './tray.js';

const typingIdleMilliseconds = 6_000;

export class Composer extends HTMLElement {
    #mode = null;
    #draftKey = null;
    #closePalette = null;
    #typing = false;
    #saveDraft = debounced(300, () => this.#keepDraft());
    #idle = debounced(typingIdleMilliseconds, () => this.#setTyping(false));

    /** `takesFiles`: other files than pictures may be sent. */
    configure({ takesFiles = false } = {}) {
        this.tray = new Tray({ takesFiles, changed: () => this.#changed() });
        this.field = h('textarea', {
            class: 'composer-field', rows: 1, label: 'message', hint: 'write_message', enterkeyhint: 'send',
            dir: 'auto', maxlength: 20_000,
        });
        const accept = takesFiles ? null : 'image/*';
        this.files = h('input', { type: 'file', multiple: true, hidden: true, accept, tabindex: -1 });
        const choose = () => this.files.click();
        this.attach = takesFiles ? iconButton('attach', 'attach_file', choose)
            : iconButton('picture', 'attach_picture', choose);
        this.smile = iconButton('smile', 'insert_emoji', () => this.#toggleEmoji(), { 'aria-expanded': 'false' });
        this.sendButton = h('button', { type: 'submit', class: 'send', label: 'send', tip: 'send' }, icon('send'));
        this.modeBar = h('div', { class: 'composer-mode', hidden: true });
        this.form = h('form', { class: 'composer-form' },
            this.attach, this.field, this.smile, this.sendButton, this.files);
        this.replaceChildren(this.modeBar, this.tray.element, this.form);
        this.#listen();
        this.#changed();
    }

    #listen() {
        this.form.addEventListener('submit', (event) => { event.preventDefault(); this.#send(); });
        this.field.addEventListener('keydown', (event) => this.#key(event));
        this.field.addEventListener('input', () => this.#input());
        this.field.addEventListener('paste', (event) => this.#pasted(event));
        this.field.addEventListener('blur', () => this.#setTyping(false));
        this.files.addEventListener('change', () => {
            this.addFiles(this.files.files);
            this.files.value = '';
        });
    }

    focusField() {
        this.field.focus();
    }

    /** Focuses the field where that does not push a keyboard over half of the screen. */
    offerFocus() {
        if (!window.matchMedia('(pointer: coarse)').matches) this.field.focus();
    }

    /** Puts `words` in the field as if typed. */
    setText(words) {
        this.field.value = words;
        this.#input();
    }

    /** Switches to the draft of another conversation. */
    openDraft(key) {
        this.#keepDraft();
        this.#setTyping(false);
        this.cancelMode();
        this.#draftKey = key;
        this.field.value = readItem(`draft.${key}`) ?? '';
        this.#changed();
    }

    /** `mode`: `{kind: 'reply' | 'edit', event, words}`; the bar above the field shows it until sent or cancelled. */
    setMode(mode) {
        this.#mode = mode;
        this.modeBar.hidden = false;
        this.modeBar.replaceChildren(icon(mode.kind), h('span', { class: 'composer-mode-text' },
            h('strong', { t: mode.kind === 'edit' ? 'editing' : 'replying' }), h('span', { dir: 'auto' }, mode.words)),
        iconButton('close', 'cancel', () => this.cancelMode()));
        if (mode.kind === 'edit') this.setText(mode.words);
        this.focusField();
    }

    cancelMode() {
        if (this.#mode?.kind === 'edit') this.field.value = '';
        this.#mode = null;
        this.modeBar.hidden = true;
        this.modeBar.replaceChildren();
        this.#changed();
    }

    addFiles(files) {
        this.tray.add(files);
        this.focusField();
    }

    // MARK: Inside

    #tell(type, detail) {
        this.dispatchEvent(new CustomEvent(type, { bubbles: true, detail }));
    }

    #key(event) {
        // Enter that accepts a suggestion of an input method (Chinese, Japanese) is not "send".
        if (event.isComposing || event.keyCode === 229) return;
        if (event.key === 'Enter' && !event.shiftKey) {
            event.preventDefault();
            this.#send();
        } else if (event.key === 'Escape') {
            if (this.#mode) {
                event.stopPropagation();
                this.cancelMode();
            } else {
                this.#tell('vt-escape');
            }
        } else if (event.key === 'ArrowUp' && this.field.value === '' && !this.#mode) {
            this.#tell('vt-edit-last');
        }
    }

    #input() {
        this.#changed();
        this.#saveDraft();
        this.#setTyping(this.field.value.trim() !== '' && this.#mode?.kind !== 'edit');
        this.#idle();
    }

    #changed() {
        const empty = this.field.value.trim() === '' && this.tray.isEmpty;
        this.sendButton.disabled = empty;
        this.classList.toggle('is-empty', empty);
        if (CSS.supports('field-sizing', 'content')) return;
        this.field.style.height = 'auto';
        this.field.style.height = `${Math.min(this.field.scrollHeight, 160)}px`;
    }

    #pasted(event) {
        const files = [...(event.clipboardData?.files ?? [])];
        if (files.length === 0) return;
        event.preventDefault();
        this.tray.add(files);
    }

    #toggleEmoji() {
        if (this.#closePalette) return this.#closePalette();
        this.smile.setAttribute('aria-expanded', 'true');
        const insert = (emoji) => {
            this.field.setRangeText(emoji, this.field.selectionStart, this.field.selectionEnd, 'end');
            this.#input();
        };
        this.#closePalette = openPalette(this, insert, () => {
            this.#closePalette = null;
            this.smile.setAttribute('aria-expanded', 'false');
            this.focusField();
        });
        return undefined;
    }

    async #send() {
        const text = this.field.value.trim();
        if (text === '' && this.tray.isEmpty) return;
        const mode = this.#mode;
        this.#closePalette?.();
        this.#mode = null;
        this.modeBar.hidden = true;
        this.field.value = '';
        this.#setTyping(false);
        if (this.#draftKey !== null) removeItem(`draft.${this.#draftKey}`);
        const parts = this.tray.isEmpty ? [] : await this.tray.take();
        this.#changed();
        this.#tell('vt-send', { text, parts, mode });
    }

    #setTyping(typing) {
        if (this.#typing === typing && !typing) return;
        this.#typing = typing;
        this.#tell('vt-typing', { typing });
    }

    #keepDraft() {
        if (this.#draftKey === null || this.#mode?.kind === 'edit') return;
        if (this.field.value.trim()) writeItem(`draft.${this.#draftKey}`, this.field.value);
        else removeItem(`draft.${this.#draftKey}`);
    }
}

customElements.define('vt-composer', Composer);
