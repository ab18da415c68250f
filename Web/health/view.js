// The cards of the page; each asks its own route, so that one that fails leaves the others.

import { locale, t } from '../language.js';
import { h } from '../parts/dom.js';
import { categoryText } from '../scan/offers.js';
import { sentence } from '../staff/shell.js';
import { lineChart, table } from './chart.js';
import { gapsOf } from './gaps.js';

const share = (value) => (value === null || value === undefined ? '–'
    : new Intl.NumberFormat(locale(), { style: 'percent', maximumFractionDigits: 1 }).format(value));
const whole = (value) => new Intl.NumberFormat(locale()).format(value);
const day = (at) => new Intl.DateTimeFormat(locale(), { dateStyle: 'medium' }).format(at);

function megabytes(bytes) {
    const [unit, size] = bytes < 1_000_000 ? ['kilobyte', 1_000] : ['megabyte', 1_000_000];
    return new Intl.NumberFormat(locale(), { style: 'unit', unit, maximumFractionDigits: 1 }).format(bytes / size);
}

function big(value, words) {
    return h('p', { class: 'health-big' }, h('strong', {}, value), h('span', { class: 'quiet' }, words));
}

/** Coverage of the scans by week and category. */
function coverage({ weeks }) {
    if (!weeks.length) return [h('p', { t: 'health_coverage_none' })];
    const last = weeks.at(-1);
    const names = [...new Set(weeks.flatMap((week) => week.categories.map(({ category }) => category)))];
    const words = (name) => (name ? categoryText(name) : t('health_no_category'));
    const rows = names.map((name) => {
        const cells = weeks.flatMap((week) => week.categories.filter(({ category }) => category === name));
        const [scans, found] = ['scans', 'found'].map((key) => cells.reduce((sum, cell) => sum + cell[key], 0));
        const judged = cells.reduce((sum, cell) => sum + cell.right + cell.wrong, 0);
        const right = cells.reduce((sum, cell) => sum + cell.right, 0);
        const newest = last.categories.find(({ category }) => category === name);
        return [words(name), whole(scans), share(found / scans), newest ? share(newest.share) : '–', judged ? share(right / judged) : '–'];
    });
    return [
        big(share(last.share), t('health_coverage_big', { n: whole(last.scans), week: last.week })),
        lineChart([weeks.map(({ share: value }) => ({ value }))], t('health_coverage')),
        h('p', { class: 'health-places quiet' }, h('span', {}, weeks[0].week), h('span', {}, last.week)),
        table(['health_category', 'health_scans', 'health_found', 'health_last_week', 'health_right'].map((key) => t(key)), rows),
    ];
}

/** Recall of the index, night by night. */
function recall({ parts }) {
    const measured = parts.filter((part) => part.measured.length);
    if (!measured.length) return [h('p', {}, t('health_recall_none', { n: whole(parts.reduce((sum, { vectors }) => sum + vectors, 0)) }))];
    const worst = measured.map((part) => part.measured.at(-1)).sort((a, b) => a.recall - b.recall)[0];
    const nights = [...new Set(measured.flatMap((part) => part.measured.map(({ at }) => day(at))))];
    return [
        big(share(worst.recall), t('health_recall_big', { k: worst.k })),
        lineChart(measured.map((part) => nights.map((night) => {
            const point = part.measured.filter(({ at }) => day(at) === night).at(-1);
            return point ? { value: point.recall, low: point.low, high: point.high } : null;
        })), t('health_recall')),
        h('p', { class: 'health-places quiet' }, h('span', {}, nights[0]), h('span', {}, nights.at(-1))),
        table(['health_category', 'health_vectors', 'health_recall_now', 'health_interval', 'health_asked', 'health_measured'].map((key) => t(key)), measured.map((part) => {
            const newest = part.measured.at(-1);
            const asked = t('health_asked_of', { asked: whole(newest.asked ?? 0), all: whole(newest.queries) });
            return [categoryText(part.category), whole(part.vectors), share(newest.recall), `${share(newest.low)} – ${share(newest.high)}`, asked, day(newest.at)];
        })),
    ];
}

function copies({ copies: found }) {
    if (!found.pictures) return [h('p', { t: 'health_copies_none' })];
    return [
        big(share(found.share), t('health_copies_big', { copies: whole(found.copies), pictures: whole(found.pictures) })),
        h('meter', { class: 'health-meter', min: 0, max: 1, value: found.share, label: 'health_copies' }),
        h('p', { class: 'quiet' }, t('health_copies_bytes', { part: megabytes(found.copy_bytes), all: megabytes(found.bytes) })),
        h('p', {}, h('a', { href: '/review?kind=duplicate', t: 'health_to_review' })),
    ];
}

function titles({ looks }) {
    const { titles: look } = looks;
    if (typeof look?.result?.macro_f1 !== 'number') return [h('p', { t: 'health_titles_none' }), h('p', {}, h('a', { href: '/review?kind=category', t: 'health_to_review' }))];
    return [
        big(share(look.result.macro_f1), t('health_titles_big', { n: whole(look.result.titles), day: day(look.at) })),
        table(['health_entity', 'health_f1'].map((key) => t(key)), Object.entries(look.result.entity_f1).map(([name, value]) => [t(`health_entity_${name}`), share(value)])),
        h('p', {}, h('a', { href: '/review?kind=category', t: 'health_to_review' })),
    ];
}

export class HealthView {
    constructor(api) {
        this.api = api;
        this.cards = [
            this.#card('health_coverage', 'health_coverage_text', '/api/v1/coverage', coverage),
            this.#card('health_recall', 'health_recall_text', '/api/v1/index/recall', recall),
            this.#card('health_copies', 'health_copies_text', '/api/v1/catalogue/health', copies),
            this.#card('health_titles', 'health_titles_text', '/api/v1/catalogue/health', titles),
            this.#card('health_gaps', 'health_gaps_text', '/api/v1/gaps', (reply, card) => gapsOf(reply, api, (next) => this.#show(card, next))),
        ];
        this.element = h('div', { class: 'health' }, this.cards.map(({ element }) => element));
        this.onLanguage = () => this.#draw();
    }

    #card(title, text, route, draw) {
        const body = h('div', { class: 'health-body' }, h('p', { class: 'quiet', t: 'loading' }));
        const element = h('section', { class: 'health-card', label: title }, h('h2', { t: title }), h('p', { class: 'quiet', t: text }), body);
        return { element, body, route, draw, reply: null };
    }

    begin() {
        document.addEventListener('vitrine:language', this.onLanguage);
        const asked = new Map();
        for (const card of this.cards) {
            if (!asked.has(card.route)) asked.set(card.route, this.api.get(card.route));
            asked.get(card.route).then((reply) => {
                this.#show(card, reply);
            }, (error) => card.body.replaceChildren(h('p', {}, sentence(error))));
        }
    }

    end() {
        document.removeEventListener('vitrine:language', this.onLanguage);
    }

    #show(card, reply) {
        card.reply = reply;
        card.body.replaceChildren(...card.draw(reply, card));
    }

    #draw() {
        for (const card of this.cards.filter(({ reply }) => reply)) this.#show(card, card.reply);
    }
}
