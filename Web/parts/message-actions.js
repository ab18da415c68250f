// What can be done with one message: the entries of its menu, and doing them.

import { summaryOf } from './message-body.js';
import { react, recall } from '../matrix/actions.js';
import { isRedacted } from '../matrix/event.js';
import { quickReactions } from './emoji.js';
import { openMenu } from './menu.js';
import { toast } from './toast.js';
import { viewPicture } from './viewer.js';

async function tried(work, failure) {
    try {
        await work;
    } catch (error) {
        if (!error.isSessionOver) toast(error.code === 'M_FORBIDDEN' ? `${failure}_forbidden` : failure);
    }
}

/**
 * Does what is asked for in `timeline`'s messages; `options(item)` are those of `openMessageMenu`.
 */
export function answerMessages(client, timeline, options) {
    const answers = {
        'vt-menu': ({ item, anchor }) => openMessageMenu(client, timeline.room, item, anchor, options(item)),
        'vt-react': ({ item, key }) => toggleReaction(client, timeline.room, item, key),
        'vt-picture': (picture) => viewPicture(client, picture),
        'vt-retry': ({ item }) => client.outbox.retry(item.key),
        'vt-discard': ({ item }) => client.outbox.discard(item.key),
    };
    for (const [type, answer] of Object.entries(answers)) {
        timeline.addEventListener(type, ({ detail }) => answer(detail));
    }
}

/** Adds the reaction `key` of this person, or takes it back. */
function toggleReaction(client, room, item, key) {
    const own = item.reactions.find((each) => each.key === key)?.senders.get(room.ownUser);
    const work = own ? recall(client, room.id, own) : react(client, room.id, item.event.event_id, key);
    return tried(work, 'reaction_failed');
}

function recallMessage(client, room, item) {
    return tried(recall(client, room.id, item.event.event_id), 'recall_failed');
}

/**
 * Opens the menu of `item`. `extra` are entries of the page; `composer` enables reply, and `canEdit` edit.
 */
function openMessageMenu(client, room, item, anchor, { composer = null, canEdit = false, extra = [] } = {}) {
    if (!item.event || isRedacted(item.event)) return;
    const words = summaryOf(item.content, false);
    const isText = item.content.msgtype === 'm.text';
    const text = String(item.content.body ?? '');
    const write = (kind, shown) => () => composer.setMode({ kind, event: item.event, words: shown });
    const toggle = (key) => toggleReaction(client, room, item, key);
    const entries = [{ keys: quickReactions, label: 'react', action: toggle }];
    if (composer) entries.push({ icon: 'reply', t: 'reply', action: write('reply', words) });
    if (canEdit && item.mine && isText) entries.push({ icon: 'edit', t: 'edit', action: write('edit', text) });
    if (isText) entries.push({ icon: 'copy', t: 'copy_text', action: () => copy(text) });
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
