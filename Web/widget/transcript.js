// The conversation as a text file, from its first message on.

import { day, full } from '../dates.js';
import { t } from '../language.js';
import { isRedacted } from '../matrix/event.js';
import { loadOlder } from '../matrix/history.js';
import { toast } from '../parts/toast.js';
import { summaryOf } from '../parts/message-body.js';

const mostPages = 60;

/** Reads back until the first message, or as far as is sensible. */
async function readAll(client, room) {
    for (let page = 0; page < mostPages && !room.timeline.reachesStart; page += 1) {
        const before = room.timeline.events.length;
        await loadOlder(client, room);
        if (room.timeline.events.length === before) return;
    }
}

/** The lines of the file: who said what, and when. `nameOf(user)` answers a name. */
export function transcriptLines(room, nameOf) {
    const lines = [];
    let date = '';
    for (const event of room.timeline.events) {
        const isEdit = event.content['m.relates_to']?.rel_type === 'm.replace';
        if (event.type !== 'm.room.message' || isEdit) continue;
        const { content } = room.timeline.relations.contentOf(event);
        const today = day(event.origin_server_ts);
        if (today !== date) lines.push('', `— ${today} —`);
        date = today;
        const isPlain = content.msgtype === 'm.text' && !isRedacted(event);
        const words = isPlain ? String(content.body ?? '') : summaryOf(content, isRedacted(event));
        lines.push(`${full(event.origin_server_ts)}  ${nameOf(event.sender)}: ${words}`);
    }
    return lines;
}

/** Offers the conversation of `room` as a file. */
export async function downloadTranscript(client, room, shop, nameOf) {
    try {
        await readAll(client, room);
    } catch {
        toast('transcript_failed');
        return;
    }
    const head = [t('transcript_head', { shop }), full(Date.now())];
    const file = new Blob([[...head, ...transcriptLines(room, nameOf), ''].join('\n')], { type: 'text/plain;charset=utf-8' });
    const address = URL.createObjectURL(file);
    const link = document.createElement('a');
    link.href = address;
    link.download = `${shop.replace(/[^\p{L}\p{N}]+/gu, '-').replace(/^-|-$/g, '') || 'chat'}.txt`;
    link.click();
    setTimeout(() => URL.revokeObjectURL(address), 10_000);
    toast('transcript_done');
}
