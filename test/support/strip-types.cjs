// Jest runs the sources as Node does: types are blanked out in place, so lines and columns stay true.
const { stripTypeScriptTypes } = require('node:module');

module.exports = { process: (source) => ({ code: stripTypeScriptTypes(source) }) };
