/** The places of exchanges that a record names: how its pages were fetched, and what its versions were made of. */
import type { CapturePlace } from '../model.ts';
import type { Basis } from './basis.ts';
import type { ArchiveRecord } from './record.ts';

/** The record with each of its places as `rightOf` gives it. */
export function withPlaces(record: ArchiveRecord, rightOf: (place: CapturePlace) => CapturePlace): ArchiveRecord {
  const basisOf = (basis: Basis): Basis => ({
    ...basis,
    pages: basis.pages.map((page) => page.map(rightOf)),
    single: basis.single?.map(rightOf) ?? null,
  });
  const requests = record.capture.requests.map((request) =>
    request.exchanges === undefined ? request : { ...request, exchanges: request.exchanges.map(rightOf) },
  );
  return {
    ...record,
    capture: { ...record.capture, requests },
    versions: record.versions.map(({ basis, ...version }) =>
      basis === undefined ? version : { ...version, basis: basisOf(basis) },
    ),
    ...(record.basis === undefined ? {} : { basis: basisOf(record.basis) }),
  };
}
