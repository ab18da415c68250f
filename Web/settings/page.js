// <vt-desk-settings>: what the desk goes by, for supervisors and administrators.

import { addText } from '../language.js';
import { definePage } from '../staff/shell.js';
import { text } from './text.js';
import { SettingsView } from './view.js';

addText(text);

definePage('vt-desk-settings', {
    title: 'settings_title', address: '/desk/settings', needsNoCatalogue: true, needsShop: true,
    open(main, api) {
        const view = new SettingsView(api.client);
        main.append(view.element);
        view.begin();
        return view;
    },
});
