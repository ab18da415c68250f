// What customers look for and the catalogue lacks: the gaps of a week with pictures, and what was asked for by name.

import { counted, locale, t } from '../language.js';
import { h } from '../parts/dom.js';
import { categoryText } from '../scan/offers.js';
import { load } from '../staff/api.js';
import { sentence } from '../staff/shell.js';
import { table } from './chart.js';

const samples = 3;
const shownGaps = 12;
const shownThings = 10;

function gapRow(api, { category, scans, visitors, samples: pictures }) {
    const name = category ? categoryText(category) : t('health_no_category');
    const words = `${name} · ${counted('health_gap_scans', scans)} · ${counted('health_gap_people', visitors)}`;
    return h('li', { class: 'health-gap' },
        h('div', { class: 'health-gap-pictures' }, pictures.slice(0, samples).map(({ picture }) =>
            load(h('img', { class: 'health-gap-picture', alt: t('health_gap_picture'), decoding: 'async' }), api.picture(picture)))),
        h('p', {}, words));
}

function asked(wanted) {
    if (!wanted.length) return [];
    const whole = new Intl.NumberFormat(locale());
    const day = new Intl.DateTimeFormat(locale(), { dateStyle: 'medium' });
    const rows = wanted.slice(0, shownThings).map(({ key, count, last }) => [key, whole.format(count), day.format(last)]);
    return [h('h3', { t: 'health_wanted' }), table(['health_wanted_name', 'health_wanted_count', 'health_wanted_last'].map((key) => t(key)), rows)];
}

/** Gathers the gaps now; the card is drawn again when that is done. */
function again(api, redraw) {
    const status = h('span', { class: 'quiet', role: 'status' });
    const button = h('button', { type: 'button', class: 'button is-small', t: 'health_gaps_now' });
    button.addEventListener('click', async () => {
        button.disabled = true;
        status.textContent = t('health_gaps_busy');
        try {
            const { job } = await api.post('/api/v1/gaps');
            const ended = await api.job(job);
            if (ended.state === 'done') redraw(await api.get('/api/v1/gaps'));
            else status.textContent = ended.error ?? t('health_gaps_failed');
        } catch (error) {
            status.textContent = sentence(error);
        }
        button.disabled = false;
    });
    return h('div', { class: 'health-act' }, button, status);
}

/** The body of the card; `redraw(reply)` shows a newer answer of the server. */
export function gapsOf({ gaps, weeks, wanted }, api, redraw) {
    const found = gaps.length
        ? [h('p', { class: 'health-big' }, h('strong', {}, new Intl.NumberFormat(locale()).format(gaps.length)),
            h('span', { class: 'quiet' }, counted('health_gaps_big', gaps.length, { week: gaps[0].week }))),
        h('ul', { class: 'health-gaps' }, gaps.slice(0, shownGaps).map((gap) => gapRow(api, gap)))]
        : [h('p', { t: weeks.length ? 'health_gaps_week_none' : 'health_gaps_none' })];
    return [...found, again(api, redraw), ...asked(wanted)];
}
