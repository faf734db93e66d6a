/** Ids made on this device. */
import { uuid7 } from '../../mail/uuid7';

export const newId = (): string => uuid7(Date.now(), (bytes) => crypto.getRandomValues(bytes));
