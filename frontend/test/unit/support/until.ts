/** Until it holds, looked at after everything that can happen has happened. A deadline of the real clock. */
const later = setTimeout;

export async function until(holds: () => boolean | Promise<boolean>, what = 'it'): Promise<void> {
  const deadline = performance.now() + 8000;
  while (!(await holds())) {
    if (performance.now() > deadline) throw new Error(`${what} never came to hold`);
    await new Promise((again) => later(again, 1));
  }
}
