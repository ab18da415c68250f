// "How was this found": the model, the scores and the times, for those who want to know.

import { locale, t } from '../language.js';
import { h } from '../parts/dom.js';
import { categoryText } from './offers.js';

function number(value, digits) {
    return new Intl.NumberFormat(locale(), { maximumFractionDigits: digits }).format(value);
}

function percent(value) {
    return new Intl.NumberFormat(locale(), { style: 'percent', maximumFractionDigits: 0 }).format(value);
}

function row(name, value) {
    return h('div', { class: 'scan-fact' }, h('dt', {}, name), h('dd', { dir: 'auto' }, value));
}

/** A closed <details> that explains `answer`. */
export function howFound(answer) {
    const times = Object.entries(answer.timings ?? {});
    const total = times.reduce((sum, [, time]) => sum + time, 0);
    const best = [...answer.groups, ...answer.similar].slice(0, 5);
    const shares = (answer.category?.final ?? []).map(({ category, probability }) => `${categoryText(category)} ${percent(probability)}`);
    const facts = [
        row(t('scan_how_model'), answer.generation),
        shares.length ? row(t('scan_how_category'), shares.join(', ')) : null,
        Number.isFinite(answer.probability) ? row(t('scan_how_probability'), percent(answer.probability)) : null,
        best.length ? row(t('scan_how_scores'), best.map(({ score }) => number(score, 3)).join(' · ')) : null,
        answer.sent ? row(t('scan_how_sent'), t('scan_how_kilobytes', { n: number(answer.sent / 1000, 0) })) : null,
        row(t('scan_how_time'), t('scan_how_milliseconds', { n: number(total, 1) })),
        ...times.map(([stage, time]) => row(t(`scan_stage_${stage}`), t('scan_how_milliseconds', { n: number(time, 1) }))),
    ];
    return h('details', { class: 'scan-how' }, h('summary', { t: 'scan_how' }), h('dl', {}, facts));
}
