// What can be done with one message: the entries of its menu, and doing them.

import { summaryOf } from './message-body.js';
import { react, recall } from '../matrix/actions.js';
import { isRedacted } from '../matrix/event.js';
import { quickReactions } from './emoji.js';
import { openMenu } from './menu.js';
import { toast } from './toast.js';

async function tried(work, failure) {
    try {
        await work;
    } catch (error) {
        if (!error.isSessionOver) toast(error.code === 'M_FORBIDDEN' ? `${failure}_forbidden` : failure);
    }
}

/** Adds the reaction `key` of this person, or takes it back. */
export function toggleReaction(client, room, item, key) {
    const own = item.reactions.find((each) => each.key === key)?.senders.get(room.ownUser);
    return tried(own ? recall(client, room.id, own) : react(client, room.id, item.event.event_id, key), 'reaction_failed');
}

export function recallMessage(client, room, item) {
    return tried(recall(client, room.id, item.event.event_id), 'recall_failed');
}

/**
 * Opens the menu of `item`. `extra` are entries of the page; `composer` enables reply, and `canEdit` edit.
 */
export function openMessageMenu(client, room, item, anchor, { composer = null, canEdit = false, extra = [] } = {}) {
    if (!item.event || isRedacted(item.event)) return;
    const words = summaryOf(item.content, false);
    const isText = item.content.msgtype === 'm.text';
    const entries = [{ keys: quickReactions, label: 'react', action: (key) => toggleReaction(client, room, item, key) }];
    if (composer) {
        entries.push({ icon: 'reply', t: 'reply', action: () => composer.setMode({ kind: 'reply', event: item.event, words }) });
    }
    if (canEdit && item.mine && isText) {
        const text = String(item.content.body ?? '');
        entries.push({ icon: 'edit', t: 'edit', action: () => composer.setMode({ kind: 'edit', event: item.event, words: text }) });
    }
    if (isText) {
        entries.push({ icon: 'copy', t: 'copy_text', action: () => copy(String(item.content.body ?? '')) });
    }
    entries.push(...extra);
    if (room.mayRecall(item.event)) {
        entries.push({ icon: 'recall', t: 'recall', danger: true, action: () => recallMessage(client, room, item) });
    }
    openMenu(anchor, entries, 'message_options');
}

async function copy(words) {
    try {
        await navigator.clipboard.writeText(words);
        toast('copied');
    } catch {
        toast('copy_failed');
    }
}
