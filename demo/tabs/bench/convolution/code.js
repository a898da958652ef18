/** The same in PyTorch: the lines that make the layers, and a file that runs. */

/** @typedef {import('./settings.js').Settings} Settings */

/**
 * @param {Settings} settings
 * @returns {string[]} the layers in their order
 */
export function layers({ kernel, stride, padding, mode, dilation, relu, pool, poolSize, poolStride }) {
  const given = [`kernel_size=${kernel.size}`];
  if (stride !== 1) given.push(`stride=${stride}`);
  if (padding) given.push(`padding=${padding}`);
  if (padding && mode === 'reflect') given.push('padding_mode="reflect"');
  if (dilation !== 1) given.push(`dilation=${dilation}`);
  const lines = [`nn.Conv2d(1, 1, ${given.join(', ')})`];
  if (relu) lines.push('nn.ReLU()');
  const kind = { none: '', max: 'nn.MaxPool2d', mean: 'nn.AvgPool2d' }[pool];
  if (kind) lines.push(`${kind}(kernel_size=${poolSize}, stride=${poolStride})`);
  return lines;
}

/**
 * A file that makes the same maps and prints the last one.
 * @param {Settings} settings
 * @param {import('./arithmetic.js').GreyMap} picture
 */
export function program(settings, picture) {
  const rows = (/** @type {number[]} */ values, /** @type {number} */ width) =>
    Array.from({ length: values.length / width }, (_, row) => `        [${values.slice(row * width, (row + 1) * width).join(', ')}],`);
  return [
    'import torch',
    'from torch import nn',
    '',
    'picture = torch.tensor(',
    '    [',
    ...rows(picture.values, picture.width),
    '    ]',
    ')',
    'kernel = torch.tensor(',
    '    [',
    ...rows(settings.kernel.values, settings.kernel.size),
    '    ],',
    '    dtype=torch.float32,',
    ')',
    'net = nn.Sequential(',
    ...layers(settings).map((line) => `    ${line},`),
    ')',
    'with torch.no_grad():',
    '    net[0].weight[0, 0] = kernel',
    `    net[0].bias[0] = ${settings.bias}`,
    '    print(net(picture.float()[None, None])[0, 0])',
    '',
  ].join('\n');
}
