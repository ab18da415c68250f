// Pictures and files that are chosen but not sent yet: seen above the text, made small at once, each can be taken out.

import { t } from '../language.js';
import { shrinkPicture } from '../matrix/shrink.js';
import { h } from './dom.js';
import { icon } from './icons.js';
import { toast } from './toast.js';

const most = 10;
const largest = 50 * 1024 * 1024;

export class Tray {
    #slots = [];

    /** `takesFiles`: other files than pictures too; `changed()` hears when something comes or goes. */
    constructor({ takesFiles, changed }) {
        this.takesFiles = takesFiles;
        this.changed = changed;
        this.element = h('ul', { class: 'tray', label: 'tray', hidden: true });
    }

    get isEmpty() {
        return this.#slots.length === 0;
    }

    add(files) {
        for (const file of files) {
            if (this.#slots.length >= most) return toast('too_many_files', { n: most });
            if (file.size > largest) toast('file_too_large', { name: file.name });
            else if (file.type.startsWith('image/') && file.type !== 'image/svg+xml') this.#addPicture(file);
            else if (this.takesFiles) this.#addSlot({ file, ready: Promise.resolve({ file }) });
            else toast('pictures_only');
        }
        return undefined;
    }

    /** Takes everything out, ready to send, in order: `[{picture} | {file}]`. */
    async take() {
        const slots = this.#slots;
        this.#slots = [];
        this.#draw();
        const ready = await Promise.all(slots.map((slot) => slot.ready));
        for (const slot of slots) if (slot.url) URL.revokeObjectURL(slot.url);
        return ready.filter(Boolean);
    }

    #addPicture(file) {
        const slot = { file, url: URL.createObjectURL(file) };
        slot.ready = shrinkPicture(file).then((picture) => ({ picture }), () => {
            toast('picture_unreadable', { name: file.name });
            this.#remove(slot);
            return null;
        });
        this.#addSlot(slot);
    }

    #addSlot(slot) {
        const { file } = slot;
        const face = slot.url ? h('img', { src: slot.url, alt: file.name })
            : h('span', { class: 'tray-file' }, icon('file'), file.name);
        slot.element = h('li', { class: 'tray-slot' }, face, h('button', {
            type: 'button', class: 'tray-remove', 'aria-label': t('remove_file', { name: file.name }),
            on: { click: () => this.#remove(slot) },
        }, icon('close')));
        this.#slots.push(slot);
        this.#draw();
    }

    #remove(slot) {
        if (slot.url) URL.revokeObjectURL(slot.url);
        this.#slots = this.#slots.filter((each) => each !== slot);
        this.#draw();
    }

    #draw() {
        this.element.replaceChildren(...this.#slots.map((slot) => slot.element));
        this.element.hidden = this.isEmpty;
        this.changed();
    }
}
