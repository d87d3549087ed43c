import { describe, expect, it } from 'vitest';
import { read, sample } from './export-template';

const kinds = (template: string): string[] => read(template).parts.map((part) => `${part.kind}:${part.text}`);

describe('a template', () => {
  it('is taken apart into names and the rest', () => {
    expect(kinds('# {{title}}\n{{ text }}')).toEqual(['plain:# ', 'name:{{title}}', 'plain:\n', 'name:{{ text }}']);
  });

  it('loses nothing when it is taken apart', () => {
    for (const template of ['', '{{', '}}', '{{{title}}}', 'a{{b}}c{{', '{{title\n{{text}}', '{{}}', '{title}']) {
      expect(read(template).parts.map((part) => part.text).join('')).toBe(template);
    }
  });

  it('says where a name stands that does not exist', () => {
    const { wrong } = read('{{title}}\n\n{{titel}}');
    expect(wrong).toEqual([{ start: 11, end: 20, line: 3, name: 'titel' }]);
  });

  it('says where brackets are not closed, and reads on in the next line', () => {
    const { parts, wrong } = read('{{date\n{{text}}');
    expect(wrong).toEqual([{ start: 0, end: 6, line: 1, name: null }]);
    expect(parts.at(-1)).toEqual({ text: '{{text}}', kind: 'name' });
  });

  it('takes four brackets for two that mean themselves', () => {
    expect(read('{{{{title}}').wrong).toEqual([]);
    expect(kinds('{{{{{{date}}')).toEqual(['plain:{{{{', 'name:{{date}}']);
  });

  it('knows a name with a stray bracket for a wrong one', () => {
    expect(read('{{{title}}}').wrong).toEqual([{ start: 0, end: 10, line: 1, name: '{title' }]);
  });

  it('holds single brackets as they are', () => {
    expect(read('{title} }} {').wrong).toEqual([]);
  });

  it.each(['txt', 'md'] as const)('has a sample for %s without a fault', (format) => {
    expect(read(sample(format)).wrong).toEqual([]);
  });
});
