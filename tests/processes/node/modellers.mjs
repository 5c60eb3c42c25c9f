// The libraries that Camunda Modeler and bpmn.io open and save files with, taken from frontend/node_modules.

import { createRequire } from 'node:module';
import { pathToFileURL } from 'node:url';

const require = createRequire(new URL('../../../frontend/package.json', import.meta.url));

export const load = name => import(pathToFileURL(require.resolve(name)).href);
export const loadCommonJs = name => require(name);
