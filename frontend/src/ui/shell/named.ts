/** Whether this device was already asked for its name. Asked once; later the name is changed under Me. */
const KEY = 'praxispost-asked-name';

export function askedForName(): boolean {
  try {
    return localStorage.getItem(KEY) !== null;
  } catch {
    return true; // no storage: better never than at every start
  }
}

export function rememberAsked(): void {
  try {
    localStorage.setItem(KEY, '1');
  } catch {
    // then it is asked again at the next start
  }
}
