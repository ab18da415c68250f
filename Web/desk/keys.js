// The keys of the console.

import { openDialog } from '../parts/dialog.js';
import { h } from '../parts/dom.js';

const keys = [['j k', 'desk_key_move'], ['1 2 3', 'desk_key_lists'], ['a', 'desk_key_take'], ['r', 'desk_key_resolve'],
    ['t', 'desk_key_transfer'], ['s', 'desk_key_snooze'], ['c', 'desk_key_card'], ['l', 'desk_key_tags'], ['m', 'desk_key_macros'], ['w', 'desk_key_whisper'], ['/…', 'desk_key_canned'], ['n', 'desk_key_note'],
    ['i', 'desk_key_panel'], ['Esc', 'desk_key_close'], ['?', 'desk_key_help']];

export function showKeys() {
    openDialog('keyboard', h('dl', { class: 'keys' }, keys.flatMap(([key, words]) => [
        h('dt', {}, key.split(' ').map((each) => h('kbd', {}, each))), h('dd', { t: words })])));
}
