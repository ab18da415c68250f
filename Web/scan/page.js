// <vt-scan>: the scan page. It opens at once; an account is made with the first scan.

import { t } from '../language.js';
import { sendCard } from '../matrix/actions.js';
import { h } from '../parts/dom.js';
import { mark } from '../parts/icons.js';
import { languageButton, themeButton } from '../parts/preferences.js';
import { prepareToasts, toast } from '../parts/toast.js';
import { Visit } from '../customer/visit.js';
import { cardOf } from './card.js';
import './view.js';

class ScanPage extends HTMLElement {
    connectedCallback() {
        this.visit = new Visit();
        this.view = document.createElement('vt-scan-view');
        this.append(h('div', { class: 'scan-window' },
            h('header', { class: 'shop-header' },
                h('a', { class: 'scan-home', href: '/', label: 'scan_to_chat', tip: 'scan_to_chat' }, mark()),
                h('div', { class: 'shop-title' }, h('h1', { class: 'shop-name', t: 'scan_title' }),
                    h('p', { class: 'shop-line', t: 'scan_line' })),
                h('div', { class: 'shop-tools' }, languageButton(), themeButton())),
            h('main', { class: 'scan-main' }, this.view)));
        prepareToasts();
        this.view.configure({
            client: this.visit.client, account: () => this.visit.ensureAccount(),
            share: (group, answer) => this.#share(group, answer), scanned: ({ id }) => this.#remember(id),
            canWait: true, help: () => h('a', { class: 'button is-primary', href: '/', t: 'scan_ask_people' }),
        });
        this.#takePictures();
        document.title = t('scan_title');
        document.addEventListener('vitrine:language', () => { document.title = t('scan_title'); });
        const id = new URL(window.location).searchParams.get('id');
        const { searchParams: query } = new URL(window.location);
        if (id) this.view.open(id);
        else if (query.has('article')) this.view.scanArticle(query.get('article'), Number(query.get('picture') ?? 0));
    }

    #remember(id) {
        const address = new URL(window.location);
        address.search = '';
        address.searchParams.set('id', id);
        window.history.replaceState(null, '', address);
    }

    // A picture may be dropped or pasted anywhere.
    #takePictures() {
        const carries = (data) => [...(data?.types ?? [])].includes('Files');
        this.addEventListener('dragover', (event) => {
            if (!carries(event.dataTransfer)) return;
            event.preventDefault();
            this.classList.add('is-dropping');
        });
        for (const type of ['dragleave', 'drop']) this.addEventListener(type, () => this.classList.remove('is-dropping'));
        this.addEventListener('drop', (event) => {
            if (!carries(event.dataTransfer)) return;
            event.preventDefault();
            this.view.takeFiles(event.dataTransfer.files);
        });
        document.addEventListener('paste', (event) => {
            if (event.clipboardData?.files.length) this.view.takeFiles(event.clipboardData.files);
        });
    }

    async #share(group, answer) {
        await sendCard(this.visit.client, null, cardOf(answer, [group]));
        toast('scan_shared');
    }
}

customElements.define('vt-scan', ScanPage);
