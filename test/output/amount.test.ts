import { expect, test } from 'vitest';
import { bar, bytesText, percentText } from '../../src/output/amount.ts';

test.each([
  [0, '0 B'],
  [999, '999 B'],
  [1000, '1.0 kB'],
  [9949, '9.9 kB'],
  [9951, '10 kB'],
  [999_499, '999 kB'],
  [999_500, '1.0 MB'],
  [32_057_556, '32 MB'],
  [4_194_304_000, '4.2 GB'],
  [1.5e18, '1500 PB'],
])('%i bytes are %j', (bytes, text) => {
  expect(bytesText(bytes)).toBe(text);
});

test.each([
  [0, '0 %'],
  [26.667, '26.7 %'],
  [99.96, '100 %'],
  [100, '100 %'],
])('%d percent are %j', (percent, text) => {
  expect(percentText(percent)).toBe(text);
});

test.each([
  [-1, '[----------]'],
  [0, '[----------]'],
  [0.001, '[#---------]'],
  [0.5, '[#####-----]'],
  [0.999, '[#########-]'],
  [1, '[##########]'],
  [7, '[##########]'],
])('the bar of %d', (share, text) => {
  expect(bar(share)).toBe(text);
});
