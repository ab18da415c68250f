// The staff's page: log in, see who wrote, answer.

import './agent/page.js';
