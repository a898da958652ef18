/** Many pictures at once: a folder with a folder for each class, and zips. */

import { folderOf, isHidden } from './reduce.js';
import { inWords, lines } from '../../../static/lib/on_demand/visitor.js';

export class Several {
  /**
   * @param {import('./board.js').Board} board
   * @param {ReturnType<typeof import('../../../static/lib/dom.js').finder>} find
   */
  constructor(board, find) {
    this.board = board;
    this.find = find;
    const folders = find('.folders', HTMLInputElement);
    folders.addEventListener('change', () => void this.give([...(folders.files ?? [])]).then(() => (folders.value = '')));
    const zip = find('.zip-all', HTMLInputElement);
    zip.addEventListener('change', () => {
      const file = zip.files?.[0];
      zip.value = '';
      if (file) void this.unzip(0, file);
    });
  }

  /**
   * A folder for each class.
   * @param {File[]} files
   */
  async give(files) {
    /** @type {Map<string, File[]>} */
    const groups = new Map();
    for (const file of files) {
      if (isHidden(file.webkitRelativePath)) continue;
      const name = folderOf(file.webkitRelativePath);
      groups.set(name, [...(groups.get(name) ?? []), file]);
    }
    for (const [name, some] of groups) {
      const card = await this.cardNamed(name);
      if (!card) return;
      this.board.give(card.label, some);
    }
  }

  /**
   * The class of a name: one that is there, an empty one that has no name of its own yet, or a new one.
   * @param {string} name
   */
  async cardNamed(name) {
    const { board } = this;
    const there = board.cards.find((card) => card.name.toLowerCase() === name.toLowerCase());
    if (there) return there;
    const empty = board.cards.find((card) => !card.items.size && /^Class \d+$/.test(card.name) && !board.adding.queue.some(({ label }) => label === card.label));
    if (!empty) return board.addClass(name);
    await board.rename(empty, name);
    return empty;
  }

  /**
   * @param {number} label 0: a class for each folder in it
   * @param {File} file
   */
  async unzip(label, file) {
    const { board } = this;
    const progress = this.find('.progress');
    let count = 0;
    try {
      progress.textContent = `Sending ${file.name} …`;
      for await (const line of lines(await board.server.send('zip', file, { class: label, name: file.name }))) {
        if (line.told) board.refuse('', line.told);
        else if (line.left_out) board.refuse(line.left_out, line.reason);
        else {
          const card = board.cardOf(line.class, line.name);
          const blob = await (await board.server.send('picture', JSON.stringify({ picture: line.picture }))).blob();
          board.hold({ number: line.picture, label: card.label, name: line.file, blob, url: URL.createObjectURL(blob) });
          progress.textContent = `${(count += 1)} pictures of ${file.name} …`;
        }
      }
      if (!label) board.dropEmpty();
    } catch (error) {
      board.refuse(file.name, inWords(error));
    }
    progress.textContent = count ? `${count} pictures of ${file.name} are added.` : '';
  }
}
