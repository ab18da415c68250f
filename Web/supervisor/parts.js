// The parts of the board, each drawn from a board of the server.

import { t } from '../language.js';
import { h } from '../parts/dom.js';
import { bars } from './bars.js';
import { present, share, span, whole } from './format.js';

function tile(name, value, note, look) {
    return h('div', { class: `board-tile${look ? ` is-${look}` : ''}` }, h('h3', { t: name }), h('strong', {}, value), h('p', { class: 'quiet' }, note));
}

function table(heads, rows, none) {
    if (!rows.length) return h('p', { class: 'quiet', t: none });
    return h('div', { class: 'board-table', tabindex: '0', role: 'region', label: heads[0] }, h('table', {}, h('thead', {}, h('tr', {}, heads.map((head) => h('th', { scope: 'col', t: head })))),
        h('tbody', {}, rows.map((cells) => h('tr', {}, cells.map((cell, place) => (place ? h('td', {}, cell) : h('th', { scope: 'row' }, cell))))))));
}

/** The few numbers that are looked at from across the room. */
export function tiles(board) {
    const { hour, queues } = board;
    const waiting = queues.reduce((sum, queue) => sum + queue.waiting, 0);
    const oldest = Math.max(0, ...queues.map((queue) => queue.oldest_ms ?? 0));
    const open = queues.reduce((sum, queue) => sum + queue.open, 0);
    const part = hour.counted ? hour.timely / hour.counted : 1;
    return h('div', { class: 'board-tiles' },
        tile('board_waiting', whole(waiting), waiting ? t('board_oldest', { span: span(oldest) }) : t('board_nobody'), oldest > 120_000 ? 'bad' : ''),
        tile('board_timely', share(hour.timely, hour.counted), hour.counted
            ? t(hour.timely_final ? 'board_timely_of' : 'board_timely_so_far', { n: whole(hour.timely), all: whole(hour.counted) })
            : t('board_no_turns'), part < 0.9 ? 'bad' : ''),
        tile('board_late_now', whole(board.late_now), t('board_late_now_text'), board.late_now ? 'bad' : ''),
        tile('board_open', whole(open), t('board_open_text', { n: whole(board.agents.length) })),
        tile('board_first', span(hour.firstResponse.p50), t('board_p90', { span: span(hour.firstResponse.p90) })),
        tile('board_wait', span(hour.wait.p50), t('board_p90', { span: span(hour.wait.p90) })),
        tile('board_rating', board.day.rating.count ? (board.day.rating.sum / board.day.rating.count).toFixed(1) : '–',
            t('board_rating_text', { n: whole(board.day.rating.count) })));
}

/** The last hour, minute by minute. */
export function hour({ series }) {
    const total = (name) => whole(series[name].reduce((sum, value) => sum + value, 0));
    return h('div', { class: 'board-charts' },
        h('figure', {}, h('figcaption', { t: 'board_answers' }), bars([{ name: 'good', values: series.timely }, { name: 'bad', values: series.late }], t('board_answers')),
            h('p', { class: 'board-key quiet' }, h('span', { class: 'is-good' }, t('board_key_timely', { n: total('timely') })), h('span', { class: 'is-bad' }, t('board_key_late', { n: total('late') })))),
        h('figure', {}, h('figcaption', { t: 'board_opened' }), bars([{ name: 'plain', values: series.opened }], t('board_opened')),
            h('p', { class: 'board-key quiet' }, h('span', { class: 'is-plain' }, t('board_key_opened', { n: total('opened') })))));
}

export function queues(board, names) {
    return table(['board_queue', 'board_waiting', 'board_oldest_head', 'board_open', 'board_robot'], board.queues.map((queue) => [
        names.queue(queue.queue), whole(queue.waiting), span(queue.oldest_ms), whole(queue.open), whole(queue.robot),
    ]), 'board_queues_none');
}

export function agents(board, names) {
    const busy = new Map(board.agents.map((agent) => [agent.agent, agent]));
    const there = new Map((board.presence ?? []).map((each) => [each.agent, each]));
    const rows = names.agents.map((agent) => {
        const has = busy.get(agent.agent) ?? { open: 0, waiting: 0, offered: 0, snoozed: 0 };
        return [names.agent(agent.agent), t(`board_status_${agent.status}`), `${whole(has.open + has.waiting + has.offered)} / ${whole(agent.capacity)}`, whole(has.waiting), whole(has.snoozed), present(there.get(agent.agent)?.available_ms)];
    });
    return table(['board_agent', 'board_status', 'board_load', 'board_customer_turn', 'board_snoozed', 'board_there'], rows, 'board_agents_none');
}

/** From conversations to bookings, by the entrance. */
export function funnel({ scenes }) {
    return table(['board_scene', 'board_conversations', 'board_by_robot', 'board_cards', 'board_pressed', 'board_done', 'board_conversion'], scenes.map((scene) => [
        scene.scene || t('board_no_scene'), whole(scene.opened), share(Math.max(0, scene.robotOpened - scene.handover), scene.opened), whole(scene.cardSent),
        whole(scene.cardPressed), whole(scene.cardDone), share(scene.cardDone, scene.opened),
    ]), 'board_scenes_none');
}
