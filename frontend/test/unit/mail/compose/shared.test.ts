import { expect, test } from 'vitest';
import { mailOf } from '../../../../src/mail/compose/shared';

test('what is shared becomes subject and text, and is not said twice', () => {
  expect(mailOf({ title: 'News', text: 'Look', url: 'https://a.example' })).toEqual({
    subject: 'News',
    text: 'Look\nhttps://a.example',
  });
  expect(mailOf({ title: '', text: ' https://a.example ', url: 'https://a.example' })).toEqual({
    subject: '',
    text: 'https://a.example',
  });
});

test('a title of several lines is one subject', () => {
  expect(mailOf({ title: 'One\r\nBcc: a@b.example', text: '', url: '' }).subject).toBe('One Bcc: a@b.example');
});
