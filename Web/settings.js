// The service desk's settings: queues, people, rules, robots, businesses, replies and alerts.

import './settings/page.js';
