/** The crop of the page's picture: its editor, which is loaded when its reader first opens what it stands in. */

import { watchVisibility } from '../../visibility.js';
import { CROP } from '../own_picture.js';

let chosen = ''; // what the editor was last let go at

/**
 * The file in the box for the picture with the square that was chosen of it, which goes wherever the file goes.
 * @param {{ mime_type?: string } | null} file as Gradio has it
 */
export function cropped(file) {
  if (!file) return file;
  const [kind] = (file.mime_type || 'image/*').split(CROP);
  return { ...file, mime_type: chosen ? `${kind}${CROP}${chosen}` : kind };
}

/** @type {import('../../mount.js').Widget['mount']} */
export function mount(context) {
  let loading = false;
  watchVisibility(() => context.element, (isShown) => {
    if (!isShown || loading) return;
    loading = true;
    void import('./editor.js').then(({ CropEditor }) => new CropEditor(context, (text) => {
      chosen = text;
      context.trigger('crop', {});
    }));
  }, context.signal);
}
