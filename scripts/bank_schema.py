#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Reads a bank by docs/bank-format.md and holds its metadata against docs/bank-metadata.schema.json.

usage: bank_schema.py BANK
"""
import json
import os
import struct
import sys

import jsonschema

root = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
with open(sys.argv[1], 'rb') as file:
    data = file.read()
assert data[:8] == b'TIMBREL\n', 'magic'
version, header_bytes = struct.unpack_from('<II', data, 8)
file_bytes, json_at, json_bytes, index_at, entries, pcm_at, pcm_bytes = struct.unpack_from('<7Q', data, 16)
rate, channels, columns, rows, pitches, velocities = struct.unpack_from('<I5H', data, 72)
assert (version, header_bytes, file_bytes, channels) == (1, 4096, len(data), 2), 'header'
assert entries == pitches * velocities * columns * rows, 'number of entries'
assert index_at >= json_at + json_bytes and pcm_at % 4096 == 0 and pcm_at + pcm_bytes <= len(data), 'regions'

metadata = json.loads(data[json_at:json_at + json_bytes])
with open(os.path.join(root, 'docs', 'bank-metadata.schema.json')) as file:
    schema = json.load(file)
jsonschema.Draft202012Validator.check_schema(schema)
jsonschema.Draft202012Validator(schema).validate(metadata)
unknown = set(metadata) - set(schema['properties'])
assert not unknown, f'the schema does not describe: {", ".join(sorted(unknown))}'
assert len(metadata['picture']['cells']) == columns * rows, 'cells of the picture'
assert list(data[86:86 + pitches]) == metadata['pitches'], 'pitches'

for i in range(entries):
    offset, frames, loop_start, loop_end, gain, decay, release = struct.unpack_from('<QIIIfff', data, index_at + 32 * i)
    assert pcm_at <= offset and offset + 4 * frames <= pcm_at + pcm_bytes, f'entry {i}: PCM'
    assert 0 < frames and loop_start <= loop_end <= frames, f'entry {i}: loop'
    assert 0 <= gain <= 15.848933 and 0 <= decay <= 10000 and 0 <= release <= 10000, f'entry {i}: gain, decay, release'
if tracks := metadata.get('pitch_tracks'):
    corners, at = len(metadata['corners']), index_at + 32 * entries + tracks['offset']
    for note in tracks['notes']:
        number = metadata['pitches'].index(note['pitch']) * velocities + metadata['velocities'].index(note['velocity'])
        frames, loop_start, loop_end = struct.unpack_from('<III', data, index_at + 32 * number * columns * rows + 8)
        points = -(-frames // tracks['frames_per_point']) + 1
        for corner in range(corners):
            track = struct.unpack_from(f'<{points}h', data, at)
            at += 2 * points
            start, end = (frame // tracks['frames_per_point'] for frame in (loop_start, loop_end))
            assert track[start] == track[end], f'{note}, corner {corner}: the track does not join itself'
    assert at <= pcm_at, 'the tracks of pitch reach into the sound'
print(f'{entries} entries, {len(metadata["corners"])} corners, {rate} Hz: as described')
