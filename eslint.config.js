import js from '@eslint/js';
import globals from 'globals';

export default [
  { ignores: ['.venv/', 'build/', 'runs/'] },
  js.configs.recommended,
  {
    files: ['demo/**/*.js'],
    languageOptions: { ecmaVersion: 2023, sourceType: 'module', globals: globals.browser },
    rules: {
      'no-restricted-globals': ['error', { name: 'event', message: 'Name the listener’s argument.' }],
      'no-restricted-syntax': [
        'error',
        {
          selector: 'MemberExpression[object.name="window"][property.name=/^convscope/]',
          message: 'What widgets share stands in the store.',
        },
        { selector: 'CallExpression[callee.name="setInterval"]', message: 'Listen for an event instead of polling.' },
      ],
      'prefer-const': 'error',
      'no-var': 'error',
      eqeqeq: 'error',
    },
  },
  {
    files: ['tests/js/**/*.js', 'eslint.config.js'],
    languageOptions: { ecmaVersion: 2023, sourceType: 'module', globals: globals.node },
  },
];
