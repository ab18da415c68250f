// <vt-health>: coverage, recall, duplicates, titles; small charts, and a table under each.

import { definePage } from '../staff/shell.js';
import { HealthView } from './view.js';

definePage('vt-health', {
    title: 'health_title', address: '/catalogue-health',
    open(main, api) {
        const view = new HealthView(api);
        main.append(view.element);
        view.begin();
        return view;
    },
});
