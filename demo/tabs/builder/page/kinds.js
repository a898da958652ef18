/** The kinds of layers as a reader meets them, and networks to begin with. */

/**
 * @typedef {object} KindWords
 * @property {string} title
 * @property {string} term in the glossary; '' for none
 * @property {string} fresh the layer as it comes when it is added
 * @property {Record<string, string>} fields what stands before each of its numbers
 */

/** @type {Record<import('./layers.js').Kind, KindWords>} */
export const KIND_WORDS = {
  c: { title: 'Convolution', term: 'convolution', fresh: 'c16k3p1', fields: { c: 'filters', k: 'kernel', s: 'stride', p: 'padding' } },
  n: { title: 'Batch norm', term: 'batch-norm', fresh: 'n', fields: {} },
  r: { title: 'ReLU', term: 'relu', fresh: 'r', fields: {} },
  m: { title: 'Max pool', term: 'max-pooling', fresh: 'm2', fields: { m: 'window', s: 'stride' } },
  a: { title: 'Average pool', term: '', fresh: 'a2', fields: { a: 'window', s: 'stride' } },
  g: { title: 'Mean of maps', term: '', fresh: 'g', fields: {} },
  d: { title: 'Dropout', term: 'dropout', fresh: 'd25', fields: { d: 'percent' } },
  l: { title: 'Linear', term: 'linear-layer', fresh: 'l64', fields: { l: 'outputs' } },
};

/** Title and layers of networks to begin with. */
export const STARTS = [
  ['The smallest: no hidden layer', ''],
  ['One convolution', 'c8k3p1,r,m2'],
  ['Two convolutions', 'c16k3p1,r,m2,c32k3p1,r,m2'],
  ['Two convolutions with batch norm', 'c16k3p1,n,r,m2,c32k3p1,n,r,m2'],
  ['Strides in place of pools', 'c16k3s2p1,r,c32k3s2p1,r'],
  ['No linear layer but the last', 'c16k3p1,n,r,m2,c32k3p1,n,r,g'],
  ['Linear layers alone', 'l64,r,d20,l32,r'],
];
