// The page: a list of sections, and the one that the address names.

import { h } from '../parts/dom.js';
import { sentence } from '../staff/shell.js';
import { Alerts } from '../supervisor/alerts.js';
import { Adapters } from './adapters.js';
import { Agents } from './agents.js';
import { Greetings } from './greetings.js';
import { Macros } from './macros.js';
import { Queues } from './queues.js';
import { Replies } from './replies.js';
import { Rights } from './rights.js';
import { Robots } from './robots.js';
import { Rules } from './rules.js';
import { Scenes } from './scenes.js';
import { Section } from './section.js';
import { Setup } from './setup.js';
import { Shops } from './shops.js';

class AlertRules extends Section {
    constructor(setup) {
        super(setup, 'alerts');
        this.none.remove();
        this.list.remove();
        this.alerts = new Alerts(setup.client);
        this.extra.append(this.alerts.element);
    }

    load() {
        return this.alerts.load();
    }
}

const sections = {
    queues: Queues, agents: Agents, rights: Rights, rules: Rules, scenes: Scenes, greetings: Greetings, robots: Robots, adapters: Adapters, replies: Replies,
    macros: Macros, alerts: AlertRules, shops: Shops,
};

export class SettingsView {
    #shown = new Map();

    constructor(client) {
        this.client = client;
        this.setup = new Setup(client);
        this.links = new Map(Object.keys(sections).map((name) => [name, h('a', { href: `#${name}`, t: `settings_title_${name}` })]));
        this.place = h('div', { class: 'set-place' }, h('p', { class: 'quiet', t: 'loading' }));
        this.element = h('div', { class: 'set' }, h('nav', { class: 'set-nav', label: 'settings_sections' }, [...this.links.values()]), this.place);
        this.onAddress = () => this.#follow(true);
        this.onLanguage = () => { for (const section of this.#shown.values()) section.load(); };
    }

    async begin() {
        try {
            await this.setup.load();
        } catch (error) {
            this.place.replaceChildren(h('section', { class: 'staff-note' }, h('h2', { t: 'staff_cannot' }), h('p', {}, sentence(error)),
                h('button', { type: 'button', class: 'button', t: 'try_again', on: { click: () => this.begin() } }),
                h('button', { type: 'button', class: 'link', t: 'log_out', on: { click: () => this.client.logout() } })));
            return;
        }
        if (this.isOver) return;
        window.addEventListener('hashchange', this.onAddress);
        document.addEventListener('vitrine:language', this.onLanguage);
        this.#follow(false);
    }

    end() {
        this.isOver = true;
        window.removeEventListener('hashchange', this.onAddress);
        document.removeEventListener('vitrine:language', this.onLanguage);
    }

    #follow(wasChosen) {
        const named = window.location.hash.slice(1);
        const name = named in sections ? named : 'queues';
        for (const [each, link] of this.links) {
            if (each === name) link.setAttribute('aria-current', 'page');
            else link.removeAttribute('aria-current');
        }
        this.links.get(name).scrollIntoView({ block: 'nearest', inline: 'center' });
        if (!this.#shown.has(name)) this.#shown.set(name, new sections[name](this.setup));
        const section = this.#shown.get(name);
        this.place.replaceChildren(section.element);
        section.load();
        if (wasChosen) section.focus();
    }
}
