/** The network and its training in PyTorch, as a file that runs and trains as the page does. */

import { shapeInWords } from './layers.js';

/** @typedef {import('./layers.js').Network} Network */

/**
 * @param {Network} network one that can be
 * @param {import('./settings.js').Settings} settings
 * @param {{ channels: number, side: number, classes: number, train: number, held: number }} about the pictures
 */
export function program(network, settings, about) {
  const { head, data } = SETS[settings.set](settings, about);
  return `"""A network of ${plain(network.weights)} weights, trained as ConvScope's Build tab does. Needs ${head.needs}."""

import torch
${head.imports}from torch import nn
from torch.nn import functional as F
${head.more ?? ''}
SEED, EPOCHS, RATE = ${settings.seed}, ${settings.epochs}, ${settings.rate}

${data}
torch.manual_seed(SEED)
${layersInCode(network, about)}

batch = min(32, len(x_train))
steps = len(x_train) // batch
optimizer = torch.optim.AdamW(net.parameters(), lr=RATE)
schedule = torch.optim.lr_scheduler.OneCycleLR(optimizer, RATE, total_steps=EPOCHS * steps)

for epoch in range(1, EPOCHS + 1):
    torch.manual_seed(SEED + epoch)
    order = torch.randperm(len(x_train))
    net.train()
    for step in range(steps):
        index = order[step * batch : (step + 1) * batch]
        loss = F.cross_entropy(net(x_train[index]), y_train[index])
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        schedule.step()
    net.eval()
    with torch.inference_mode():
        right = (net(x_held).argmax(1) == y_held).sum().item()
    print(f"pass {epoch}: {right} of {len(y_held)} held-out pictures right")
`;
}

/**
 * The network alone.
 * @param {Network} network
 * @param {{ channels: number, side: number }} about
 */
export function layersInCode({ layers, counted }, { channels, side }) {
  let shape = [channels, side, side];
  /** @type {string[][]} */
  const lines = [];
  for (const [at, { shape: made, weights }] of counted.entries()) {
    const layer = layers[at] ?? { kind: 'l', numbers: { l: made[0] } };
    if (layer.kind === 'l' && shape.length > 1) {
      shape = [shape.reduce((product, each) => product * each, 1)];
      lines.push(['nn.Flatten()', shapeInWords(shape)]);
    }
    lines.push([call(layer, shape), `${shapeInWords(made)}${weights ? `, ${plain(weights)} weights` : ''}`]);
    shape = made;
  }
  const width = Math.max(...lines.map(([code]) => code.length)) + 1;
  const body = lines.map(([code, words]) => `    ${`${code},`.padEnd(width)}  # ${words}`);
  return `net = nn.Sequential(  # ${channels} × ${side} × ${side}\n${body.join('\n')}\n)`;
}

/**
 * @param {import('./layers.js').Layer} layer
 * @param {number[]} shape of what it reads
 */
function call({ kind, numbers }, shape) {
  switch (kind) {
    case 'c': {
      const stride = numbers.s === 1 ? '' : `, stride=${numbers.s}`;
      return `nn.Conv2d(${shape[0]}, ${numbers.c}, ${numbers.k}${stride}${numbers.p ? `, padding=${numbers.p}` : ''})`;
    }
    case 'n':
      return `nn.BatchNorm${shape.length > 1 ? 2 : 1}d(${shape[0]})`;
    case 'r':
      return 'nn.ReLU()';
    case 'm':
      return `nn.MaxPool2d(${pool(numbers.m, numbers.s)})`;
    case 'a':
      return `nn.AvgPool2d(${pool(numbers.a, numbers.s)})`;
    case 'g':
      return 'nn.AdaptiveAvgPool2d(1)';
    case 'd':
      return `nn.Dropout(${numbers.d / 100})`;
    default:
      return `nn.Linear(${shape[0]}, ${numbers.l})`;
  }
}

/**
 * @param {number} window
 * @param {number} stride
 */
function pool(window, stride) {
  return stride === window ? `${window}` : `${window}, stride=${stride}`;
}

/** @param {number} value */
function plain(value) {
  return value.toLocaleString('en');
}

const MEAN_STD = `MEAN = torch.tensor([0.4914, 0.4822, 0.4465]).view(3, 1, 1)
STD = torch.tensor([0.2470, 0.2435, 0.2616]).view(3, 1, 1)
`;

/** @type {Record<import('./settings.js').SetName, (settings: import('./settings.js').Settings, about: { train: number, held: number }) => { head: { needs: string, imports: string, more?: string }, data: string }>} */
const SETS = {
  digits: (_, { held }) => ({
    head: { needs: 'torch and scikit-learn', imports: 'from sklearn.datasets import load_digits\n' },
    data: `# 1,797 handwritten digits of 8 x 8 pixels, ink from 0 to 16; the last ${held} are held out.
digits = load_digits()
x = torch.tensor(digits.images, dtype=torch.float32).unsqueeze(1) / 16
y = torch.tensor(digits.target)
x_train, y_train, x_held, y_held = x[:-${held}], y[:-${held}], x[-${held}:], y[-${held}:]
`,
  }),
  cifar10: ({ pictures }, { held }) => ({
    head: { needs: 'torch and torchvision; the first time it downloads 170 MB', imports: '', more: 'from torchvision.datasets import CIFAR10\n' },
    data: `# ${plain(pictures)} training pictures of CIFAR-10, and ${plain(held)} others held out.
${MEAN_STD}data = CIFAR10("data", train=True, download=True)


def ready(index):
    pictures = torch.from_numpy(data.data[index.numpy()]).permute(0, 3, 1, 2)
    return (pictures.float() / 255 - MEAN) / STD, torch.tensor(data.targets)[index]


split = torch.randperm(50_000, generator=torch.Generator().manual_seed(42))
(x_train, y_train), (x_held, y_held) = ready(split[:${pictures}]), ready(split[-5_000:][:${held}])
`,
  }),
  own: () => ({
    head: { needs: 'torch and torchvision', imports: '', more: 'from torchvision import transforms\nfrom torchvision.datasets import ImageFolder\n' },
    data: `# Put the pictures of each class into a folder of its own: pictures/cat, pictures/dog ... A fifth, by chance, is held
# out; the page holds out whole scenes, so that its figures are others.
${MEAN_STD}size = transforms.Compose([transforms.Resize(32), transforms.CenterCrop(32), transforms.ToTensor()])
data = [((picture - MEAN) / STD, label) for picture, label in ImageFolder("pictures", size)]
split = torch.randperm(len(data), generator=torch.Generator().manual_seed(SEED)).tolist()
x, y = torch.stack([data[i][0] for i in split]), torch.tensor([data[i][1] for i in split])
x_train, y_train, x_held, y_held = x[len(x) // 5 :], y[len(x) // 5 :], x[: len(x) // 5], y[: len(x) // 5]
`,
  }),
};
