/** The files of captures: every record whole, of the form that the program writes, and with the digests that it names. */
import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { openSegmentKey, parseKey, stemOf } from '../archive/keys.ts';
import { readOn } from '../capture/read-on.ts';
import { describe, exchangeOf, isPayloadElsewhere, referredPlace } from '../capture/records.ts';
import { digestOf, fieldOf, type Member, WarcFault } from '../capture/warc.ts';
import { type CheckCode, finding } from './promises.ts';
import { isLink, piecesOf, type ShardContext, withFileOpen } from './read-file.ts';

/** Reads a file of captures once, a record at a time, and notes what lies where. Of one cause, one finding. */
export async function auditCaptures(key: string, { root, index, wanted, report, count }: ShardContext): Promise<void> {
  const parsed = parseKey(key);
  if (parsed?.kind !== 'segment') throw new TypeError(`no file of captures: ${key}`);
  const { segment, isOpen } = parsed;
  const breach = (code: CheckCode, detail: string) => {
    if (wanted(code)) report(finding(code, { path: key, article: null }, detail));
  };
  const path = join(root, key);
  const readRecords = async (descriptor: number, { size }: { readonly size: number }) => {
    const whole = createHash('sha256');
    let hashed = 0;
    const damages: Place[] = [];
    const forms: Place[] = [];
    const ids = new Set<string>();
    let [end, wholeEnd] = [0, 0];
    let group: Group | null = null;
    for await (const each of readOn((offset) => piecesOf(descriptor, size, offset))) {
      if (!(each instanceof WarcFault) && each.offset === hashed) {
        whole.update(each.packed);
        hashed += each.length;
      }
      if (each instanceof WarcFault) {
        damages.push({ at: each.offset, detail: each.message });
        group = noteGroup(group);
        continue;
      }
      const fault = faultOfMember(each, { isFirst: each.offset === 0, name: stemOf(segment) });
      if (fault?.kind === 'damaged') damages.push(placeOf(each, fault.detail));
      if (fault?.kind === 'form') forms.push(placeOf(each, fault.detail));
      const id = fieldOf(each.record, 'WARC-Record-ID');
      if (id !== null && ids.has(id)) damages.push(placeOf(each, `the record ${id} is there twice`));
      if (id !== null) ids.add(id);
      end = each.offset + each.length;
      if (group !== null && belongsTo(group[0], each)) group.push(each);
      else {
        noteGroup(group);
        group = fieldOf(each.record, 'WARC-Type') === 'warcinfo' ? null : [each];
      }
    }
    noteGroup(group, { isLast: true });
    if (hashed === size && !isOpen) index.file(key, whole.digest('hex')); // else it is hashed by who asks for it
    if (size === 0) damages.push({ at: 0, detail: 'it is empty' });
    return { kind: 'read' as const, size, end, wholeEnd, damages, forms };

    function noteGroup(members: Group | null, { isLast } = { isLast: false }): null {
      if (members === null) return null;
      const [first] = members;
      const fault = faultOfGroup(members, { isLast });
      const length = members.reduce((sum, each) => sum + each.length, 0);
      if (fault === null) wholeEnd = first.offset + length;
      else damages.push(placeOf(first, fault));
      const records = members.map(({ record }) => record);
      const body = isPayloadElsewhere(records) ? referredPlace(records) : null;
      const hash = createHash('sha256');
      for (const { packed } of members) hash.update(packed);
      const range = { file: segment, offset: first.offset, length, sha256: hash.digest('hex') };
      index.capture({
        place: { ...range, ...(body === null ? {} : { body }) },
        url: fieldOf(first.record, 'WARC-Target-URI') ?? '',
        digest: fieldOf(first.record, 'WARC-Payload-Digest'),
      });
      return null;
    }
  };
  const isLinked = isLink(path);
  const read = await withFileOpen(path, readRecords, { follows: isLinked });
  if (read.kind === 'absent') return; // a run ended meanwhile, and gave it its name
  if (read.kind === 'fault') {
    breach(read.code, read.detail);
    index.segment({ file: segment, bytes: 0, damaged: true });
    return;
  }
  count({ bytes: read.size });
  // What a run has in hand, or left when it died, breaks off.
  const damages = read.damages.filter(({ at }) => !isOpen || at < read.wholeEnd);
  if (isLinked && damages.length > 0) {
    breach('link-in-archive', `a symbolic link to no file of captures: ${inBrief(damages)}`);
    index.segment({ file: segment, bytes: 0, damaged: true });
    return;
  }
  if (isLinked) breach('linked-file', 'its bytes lie elsewhere');
  index.segment({
    file: segment,
    bytes: isOpen ? read.end : Number.MAX_SAFE_INTEGER,
    damaged: damages.length > 0,
  });
  if (isOpen) breach('capture-open', `${stemOf(openSegmentKey(segment))}, whole to byte ${read.end} of ${read.size}`);
  if (damages.length > 0) breach('capture-damaged', inBrief(damages));
  else if (read.forms.length > 0) breach('capture-form', inBrief(read.forms));
}

type Group = [Member, ...Member[]];

/** Where in a file something is wrong. */
interface Place {
  readonly at: number;
  readonly detail: string;
}

function placeOf({ offset }: Member, detail: string): Place {
  return { at: offset, detail: `at byte ${offset}: ${detail}` };
}

function inBrief(places: readonly Place[]): string {
  const first = places[0]?.detail ?? '';
  return places.length < 2 ? first : `${first}; and ${places.length - 1} other places`;
}

interface MemberFault {
  readonly kind: 'damaged' | 'form';
  readonly detail: string;
}

/** @param where `isFirst` if it opens the file of this name */
function faultOfMember(
  { record }: Member,
  { isFirst, name }: { readonly isFirst: boolean; readonly name: string },
): MemberFault | null {
  const digest = fieldOf(record, 'WARC-Block-Digest');
  if (digest !== null && digest !== digestOf(record.block)) return { kind: 'damaged', detail: 'its block is another' };
  const type = fieldOf(record, 'WARC-Type');
  const missing = NEEDED.find((each) => fieldOf(record, each) === null);
  if (missing !== undefined) return { kind: 'form', detail: `no ${missing}` };
  if (digest === null) return { kind: 'form', detail: 'no WARC-Block-Digest' };
  if (isFirst !== (type === 'warcinfo'))
    return { kind: 'form', detail: isFirst ? `it begins with a record of type ${type}` : 'a second warcinfo record' };
  if (isFirst && fieldOf(record, 'WARC-Filename') !== name)
    return { kind: 'form', detail: `it was written as ${fieldOf(record, 'WARC-Filename')}` };
  if (!isFirst && fieldOf(record, 'WARC-Target-URI') === null) return { kind: 'form', detail: 'no WARC-Target-URI' };
  return null;
}

/** Every record has them (WARC 1.1, 5.2 to 5.5); `Content-Length` was read with it. */
const NEEDED = ['WARC-Type', 'WARC-Record-ID', 'WARC-Date'] as const;

/** The records of an exchange as they lie behind one another: of a page, of one that says the same, of scripts, of a picture. */
const GROUPS = ['response request metadata', 'revisit request metadata', 'conversion metadata', 'metadata'];

/** Of what somebody else captured, too: a request is not always handed down. */
const FOREIGN_GROUPS = [...GROUPS, 'response metadata', 'revisit metadata', 'resource metadata'];

/**
 * Null if the records of an exchange say one thing, and the body is the one that they name.
 * @param where `isLast` in its file, where the last records may be missing: of an exchange that a run had in hand as it died
 */
function faultOfGroup(members: Group, { isLast }: { readonly isLast: boolean }): string | null {
  const records = members.map(({ record }) => record);
  const [first] = members;
  const types = members.map(({ record }) => fieldOf(record, 'WARC-Type') ?? '');
  const digest = fieldOf(first.record, 'WARC-Payload-Digest');
  try {
    const found = types.join(' ');
    const groups = describe(records).origin === null ? GROUPS : FOREIGN_GROUPS;
    if (!groups.some((group) => group === found || (isLast && group.startsWith(found))))
      return `not the records of one exchange: ${types.join(', ')}`;
    const exchange = isPayloadElsewhere(records) ? null : exchangeOf(records);
    const isOther = exchange !== null && digest !== null && digest !== digestOf(exchange.response.body);
    return isOther ? 'its payload is another' : null;
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    return `not the records of one exchange: ${error.message}`;
  }
}

function belongsTo({ record }: Member, other: Member): boolean {
  const id = fieldOf(record, 'WARC-Record-ID');
  return id !== null && fieldOf(other.record, 'WARC-Concurrent-To') === id;
}
