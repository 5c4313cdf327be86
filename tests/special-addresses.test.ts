/** Which addresses are no ordinary ones of the internet: each block's edges and neighbours, and addresses at random. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { addressSet, isAddressBlock, SPECIAL_BLOCKS, specialAddress } from '../src/fetch/address-guard.ts';

type Family = 4 | 6;

/** First and last address of each block, as numbers. */
const RANGES = { 4: rangesOf(4), 6: rangesOf(6) };

function rangesOf(family: Family): { readonly block: string; readonly first: bigint; readonly last: bigint }[] {
  return Object.keys(SPECIAL_BLOCKS[family]).map((block) => {
    const [address = '', length = ''] = block.split('/');
    const first = family === 4 ? numberOf4(address) : numberOf6(address);
    return { block, first, last: first + (1n << BigInt((family === 4 ? 32 : 128) - Number(length))) - 1n };
  });
}

function numberOf4(address: string): bigint {
  return address.split('.').reduce((sum, part) => sum * 256n + BigInt(part), 0n);
}

function numberOf6(address: string): bigint {
  const [head = [], tail = []] = address.split('::').map((half) => half.split(':').filter(Boolean));
  const groups = [...head, ...Array<string>(8 - head.length - tail.length).fill('0'), ...tail];
  return groups.reduce((sum, group) => sum * 65_536n + BigInt(`0x${group}`), 0n);
}

function text(value: bigint, family: Family): string {
  if (family === 4) return [24n, 16n, 8n, 0n].map((shift) => (value >> shift) & 255n).join('.');
  return Array.from({ length: 8 }, (_, i) => ((value >> BigInt(16 * (7 - i))) & 65_535n).toString(16)).join(':');
}

const isSpecial = (value: bigint, family: Family) =>
  RANGES[family].some(({ first, last }) => first <= value && value <= last);

describe('special addresses', () => {
  for (const family of [4, 6] as const) {
    for (const { block, first, last } of RANGES[family]) {
      it(`${block}, ${SPECIAL_BLOCKS[family][block]}: from its first address to its last, and not beyond`, () => {
        assert.ok(specialAddress(text(first, family))?.endsWith(')'));
        assert.ok(specialAddress(text(last, family))?.endsWith(')'));
        for (const neighbour of [first - 1n, last + 1n]) {
          if (neighbour < 0n || neighbour >> (family === 4 ? 32n : 128n) > 0n) continue;
          const address = text(neighbour, family);
          assert.equal(specialAddress(address) !== null, isSpecial(neighbour, family), address);
        }
      });
    }

    it(`agrees with arithmetic for any IPv${family} address`, () => {
      fc.assert(
        fc.property(fc.bigInt({ min: 0n, max: (1n << (family === 4 ? 32n : 128n)) - 1n }), (value) => {
          assert.equal(specialAddress(text(value, family)) !== null, isSpecial(value, family));
        }),
        { numRuns: 500 },
      );
    });
  }

  /** Written out here, so that a block that is missing in the table is missed. */
  const KNOWN: Readonly<Record<string, RegExp | null>> = {
    '0.0.0.0': /this network/,
    '10.255.255.255': /private/,
    '100.64.0.0': /CGNAT/,
    '100.100.100.200': /CGNAT/,
    '100.63.255.255': null,
    '100.128.0.0': null,
    '127.0.0.1': /loopback/,
    '127.255.255.254': /loopback/,
    '169.254.169.254': /metadata/,
    '172.15.255.255': null,
    '172.16.0.1': /private/,
    '172.31.255.255': /private/,
    '172.32.0.0': null,
    '192.0.0.192': /reserved/,
    '192.168.1.1': /private/,
    '192.169.0.0': null,
    '168.63.129.16': /metadata/,
    '168.63.129.17': null,
    '198.19.255.255': /benchmarks/,
    '224.0.0.251': /multicast/,
    '255.255.255.255': /broadcast/,
    '8.8.8.8': null,
    '114.114.114.114': null,
    '::': /unspecified/,
    '::1': /loopback/,
    '::127.0.0.1': /reserved/,
    '::ffff:127.0.0.1': /IPv4-mapped/,
    '::ffff:8.8.8.8': /IPv4-mapped/,
    '::ffff:a9fe:a9fe': /IPv4-mapped/,
    '64:ff9b::a9fe:a9fe': /NAT64/,
    '64:ff9b:1::1': /NAT64/,
    '2002:7f00:1::': /6to4/,
    '2001::1': /protocols/,
    '2001:db8::1': /documentation/,
    'fc00::1': /private/,
    'fd00:ec2::254': /private/,
    'fe80::1': /link-local/,
    'fe80::1%eth0': /link-local/,
    'fec0::1': /reserved/,
    'ff02::fb': /multicast/,
    '2400:3200::1': null,
    '2606:4700:4700::1111': null,
    'no address': /no address/,
  };
  for (const [address, what] of Object.entries(KNOWN)) {
    it(`${address} is ${what === null ? 'ordinary' : what.source}`, () => {
      if (what === null) assert.equal(specialAddress(address), null);
      else assert.match(specialAddress(address) ?? '', what);
    });
  }

  it('are allowed by blocks and single addresses, each family for itself', () => {
    const set = addressSet(['127.0.0.0/8', 'fd00::/8', '10.0.0.7', '::1']);
    for (const address of ['127.0.0.1', '127.9.9.9', 'fd12::1', '10.0.0.7', '::1'])
      assert.ok(set.has(address), address);
    for (const address of ['128.0.0.0', '10.0.0.8', '::ffff:127.0.0.1', '::2', 'fe80::1', 'localhost', ''])
      assert.ok(!set.has(address), address);
  });

  it('blocks are checked', () => {
    for (const block of ['127.0.0.0/8', '10.0.0.1', '::1', 'fd00::/8', '0.0.0.0/0'])
      assert.ok(isAddressBlock(block), block);
    for (const block of [
      '',
      'localhost',
      '10.0.0.0/33',
      'fd00::/129',
      '10.0.0',
      '10.0.0.0/',
      '10.0.0.0/8/8',
      'fe80::1%1',
    ])
      assert.ok(!isAddressBlock(block), block);
  });
});
