/** Where HTML is parsed: the policy of the app forbids styles in markup, that of the mail frame allows them. */

let opening: Promise<Window> | undefined;

/** One for the page, kept. Raises when the frame cannot be had. */
export const realm = (): Promise<Window> => (opening ??= open().catch(again));

function again(error: unknown): never {
  opening = undefined;
  throw error;
}

function open(): Promise<Window> {
  const frame = document.createElement('iframe');
  frame.src = '/frame.html';
  frame.hidden = true;
  frame.setAttribute('sandbox', 'allow-same-origin');
  return new Promise((resolve, reject) => {
    frame.onload = () => {
      const window = frame.contentWindow;
      // Without a network, and not kept: then another page stands there.
      if (window && frame.contentDocument?.body) resolve(window);
      else reject(new Error('the frame of the editor is not here'));
    };
    document.body.append(frame);
  });
}
