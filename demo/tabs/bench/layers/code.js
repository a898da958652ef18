/** The two layers in PyTorch, as a file that runs. */

import { INPUTS, OUTPUTS, ROWS } from './network.js';

/** @param {import('./settings.js').Settings} settings */
export function program({ hidden, rate, steps, seed }) {
  return `import torch
from torch import nn

torch.manual_seed(${seed})
x, y = torch.randn(${ROWS}, ${INPUTS}), torch.randn(${ROWS}, ${OUTPUTS})
net = nn.Sequential(nn.Linear(${INPUTS}, ${hidden}), nn.ReLU(), nn.Linear(${hidden}, ${OUTPUTS}))
loss_of = nn.MSELoss()
optimizer = torch.optim.SGD(net.parameters(), lr=${rate})

for step in range(${steps}):
    loss = loss_of(net(x), y)
    print(step, loss.item())
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
`;
}
