export { openMirror } from '../db/vault';
