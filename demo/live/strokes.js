/**
 * What was drawn: a list of actions, of which those that were undone wait at its end. What the picture looks like follows
 * from the list alone.
 *
 * @typedef {[number, number]} Point x and y in pixels of the pad
 *
 * @typedef {{ kind: 'stroke', colour: string | null, width: number, points: Point[] }
 *   | { kind: 'paper', colour: string }
 *   | { kind: 'picture', image: CanvasImageSource }
 *   | { kind: 'clear' }} Action a stroke without a colour takes away what was drawn; `paper` changes what lies under it;
 *   `picture` and `clear` begin anew
 */

export const COLOURS = {
  ...{ black: '#000000', white: '#ffffff', grey: '#808080', red: '#d62828', orange: '#f77f00', yellow: '#ffd60a' },
  ...{ green: '#2d9a3e', blue: '#1d6fd1', 'sky blue': '#9ad4f5', brown: '#7a4a21', pink: '#f4a6b8', violet: '#7b3fb5' },
};
const PAPER = COLOURS.white;
const MOST = 400; // actions that can be undone

export class Strokes {
  /** @type {Action[]} */
  actions = [];
  count = 0; // of those that are not undone

  /** @param {Action} action */
  add(action) {
    this.actions = [...this.actions.slice(0, this.count), action];
    this.count += 1;
  }

  /**
   * Goes on with the stroke that was added last.
   * @param {Point} point
   */
  extend(point) {
    const last = this.actions[this.count - 1];
    if (last?.kind === 'stroke') last.points.push(point);
  }

  canUndo() {
    return this.count > Math.max(0, this.actions.length - MOST);
  }

  canRedo() {
    return this.count < this.actions.length;
  }

  undo() {
    if (this.canUndo()) this.count -= 1;
  }

  redo() {
    if (this.canRedo()) this.count += 1;
  }

  /**
   * What there is to be drawn, in this order, on top of paper of a colour or of a picture.
   * @returns {{ paper: string, image: CanvasImageSource | null, strokes: Extract<Action, { kind: 'stroke' }>[] }}
   */
  layers() {
    /** @type {ReturnType<Strokes['layers']>} */
    let found = { paper: PAPER, image: null, strokes: [] };
    for (const action of this.actions.slice(0, this.count)) {
      if (action.kind === 'stroke') found.strokes.push(action);
      else if (action.kind === 'paper') found = { ...found, paper: action.colour, image: null };
      else found = { paper: PAPER, image: action.kind === 'picture' ? action.image : null, strokes: [] };
    }
    return found;
  }
}
