// The page of models: what serves, what might, and what trainings left behind. For administrators.

import './models/page.js';
