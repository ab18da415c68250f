// Who decided what, when and why; the newest first, each with the way back.

import { locale, t } from '../language.js';
import { openDialog } from '../parts/dialog.js';
import { h } from '../parts/dom.js';
import { toast } from '../parts/toast.js';
import { sentence } from '../staff/shell.js';

/** A user's name without the server. */
export function person(id) {
    return id ? id.replace(/^@/, '').split(':')[0] : t('review_nobody');
}

function entry(api, line, changed) {
    const at = new Intl.DateTimeFormat(locale(), { dateStyle: 'medium', timeStyle: 'short' }).format(line.at);
    const undo = h('button', { type: 'button', class: 'button is-small', t: 'review_undo' });
    undo.addEventListener('click', async () => {
        undo.disabled = true;
        try {
            await api.post(`/api/v1/reviews/${line.review}/undo`);
            undo.replaceWith(h('span', { class: 'quiet', t: 'review_said_undo' }));
            changed();
        } catch (error) {
            toast('staff_said', { words: sentence(error) });
        }
    });
    return h('li', { class: 'review-line' },
        h('div', {}, h('p', {}, h('strong', {}, person(line.by)), ' ', t(`review_act_${line.act}`), ' · ', t(`review_kind_${line.kind}`),
            line.second ? ` · ${t('review_second')}` : ''),
        h('p', { class: 'quiet' }, [at, `#${line.review}`, line.why].filter(Boolean).join(' · '))), line.canUndo ? undo : null);
}

export async function showLog(api, changed) {
    const list = h('ol', { class: 'review-log' });
    const more = h('button', { type: 'button', class: 'link', t: 'review_log_more' });
    let next = null;
    const seen = new Set();
    const load = async () => {
        const reply = await api.get('/api/v1/reviews/log', { next });
        next = reply.next ?? null;
        for (const line of reply.log) {
            // Only what was done last about a question can be taken back.
            const isDecision = ['yes', 'no'].includes(line.act) && !line.second;
            const isStep = isDecision || line.act === 'undo' || line.act === 'gone';
            list.append(entry(api, { ...line, canUndo: isDecision && !seen.has(line.review) }, changed));
            if (isStep) seen.add(line.review);
        }
        more.hidden = next === null;
        if (!list.children.length) list.append(h('li', { class: 'quiet', t: 'review_log_empty' }));
    };
    more.addEventListener('click', () => load().catch(() => toast('staff_failed')));
    openDialog('review_log', h('div', {}, list, more));
    await load().catch((error) => toast('staff_said', { words: sentence(error) }));
}
