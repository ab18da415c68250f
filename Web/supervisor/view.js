// The board: what is live, and below it the reports, the alerts and the check of each day.

import { t } from '../language.js';
import { h, setText } from '../parts/dom.js';
import { sentence } from '../staff/shell.js';
import { Alerts } from './alerts.js';
import { clock } from './format.js';
import { agents, funnel, hour, queues, tiles } from './parts.js';
import { Reports } from './reports.js';
import { BoardStream } from './stream.js';

/** What numbers are called by people. */
class Names {
    agents = [];
    #queues = new Map();

    async load(client) {
        const [known, people] = await Promise.all(['queues', 'agents'].map((what) => client.request('GET', `/api/v1/desk/${what}`)));
        this.#queues = new Map(known.queues.map(({ queue, name }) => [queue, name]));
        this.agents = people.agents;
    }

    queue(number) {
        return this.#queues.get(number) ?? t('board_number', { n: number });
    }

    agent(number) {
        const agent = this.agents.find((each) => each.agent === number);
        return agent?.name ?? agent?.user_id ?? t('board_number', { n: number });
    }
}

export class BoardView {
    #board = null;
    #names = new Names();

    constructor(client) {
        this.client = client;
        this.state = h('p', { class: 'board-state quiet', role: 'status', t: 'loading' });
        this.live = {};
        const part = (name, title) => {
            this.live[name] = h('div', { class: 'board-body' });
            return h('section', { class: `board-card is-part-${name}`, label: title }, h('h2', { t: title }), this.live[name]);
        };
        this.tiles = h('div', { class: 'board-now' });
        this.alerts = new Alerts(client);
        this.reports = new Reports(client);
        this.element = h('div', { class: 'board' }, this.state, this.tiles, part('hour', 'board_hour'), part('queues', 'board_queues'),
            part('agents', 'board_agents'), part('funnel', 'board_funnel'), this.alerts.element, this.reports.element);
        this.onLanguage = () => this.#draw();
    }

    async begin() {
        document.addEventListener('vitrine:language', this.onLanguage);
        this.stream = new BoardStream(this.client, (board) => {
            this.#board = board;
            this.#draw();
        }, (isThere, error) => this.#connection(isThere, error));
        try {
            await this.#names.load(this.client);
        } catch (error) {
            setText(this.state, sentence(error));
            return;
        }
        if (this.isOver) return;
        // Who is there changes without a number changing.
        this.timer = setInterval(() => this.#names.load(this.client).catch(() => {}), 10_000);
        this.alerts.load();
        this.reports.load();
        this.stream.run();
    }

    #connection(isThere, error) {
        this.element.classList.toggle('is-stale', !isThere);
        if (!isThere) setText(this.state, error?.status ? sentence(error) : t('board_stale'));
    }

    #draw() {
        const board = this.#board;
        if (!board) return;
        setText(this.state, t('board_as_of', { time: clock(board.watermark_ts) }));
        this.tiles.replaceChildren(tiles(board));
        this.live.hour.replaceChildren(hour(board));
        this.#replace('queues', queues(board, this.#names));
        this.#replace('agents', agents(board, this.#names));
        this.#replace('funnel', funnel(board));
        this.alerts.take(board.alerts);
    }

    /** Draws a table anew unless it says the same: a person may be selecting in it. */
    #replace(name, fresh) {
        const place = this.live[name];
        if (!place.firstElementChild?.isEqualNode(fresh)) place.replaceChildren(fresh);
    }

    end() {
        this.isOver = true;
        clearInterval(this.timer);
        this.stream?.end();
        document.removeEventListener('vitrine:language', this.onLanguage);
    }
}
