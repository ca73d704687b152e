#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Lists the presets of a SoundFont that play recordings which another SoundFont also contains.

    scripts/shared_samples.py FONT.sf2 OTHER.sf2

A sample counts as shared if twelve of its frames, at any of five positions, occur bit for bit in the other font.
Resampled or edited recordings are not found.
"""
import struct
import sys

POSITIONS = (.15, .3, .5, .7, .85)  # relative to the length of the sample
FRAMES = 12
MIN_DISTINCT_BYTES = 10  # excludes silence, which every font contains
INSTRUMENT, SAMPLE = 41, 53  # generator numbers


def chunk(data, tag):
    at = data.index(tag)
    size, = struct.unpack_from('<I', data, at + 4)
    return data[at + 8:at + 8 + size]


def rows(data, size):
    return [data[i:i + size] for i in range(0, len(data) - size + 1, size)]


class Font:
    def __init__(self, path):
        with open(path, 'rb') as file:
            data = file.read()
        self.sound = chunk(data, b'smpl')
        lists = data[data.rindex(b'pdta'):]
        self.samples = [(r[:20].split(b'\0')[0].decode('latin1'), *struct.unpack_from('<II', r, 20))
                        for r in rows(chunk(lists, b'shdr'), 46)[:-1]]
        instruments = self.zones(lists, b'inst', 22, 20, b'ibag', b'igen', SAMPLE)
        self.presets = {}
        for row, used in self.zones(lists, b'phdr', 38, 24, b'pbag', b'pgen', INSTRUMENT):
            program, bank = struct.unpack_from('<HH', row, 20)
            name = row[:20].split(b'\0')[0].decode('latin1')
            self.presets[bank, program, name] = {s for i in used for s in instruments[i][1]}

    @staticmethod
    def zones(lists, head, size, at, bag, gen, wanted):
        """Returns each header with the values of its generators of the wanted kind."""
        headers = rows(chunk(lists, head), size)
        first_generator = [struct.unpack('<HH', b)[0] for b in rows(chunk(lists, bag), 4)]
        generators = [struct.unpack('<HH', g) for g in rows(chunk(lists, gen), 4)]
        first_zone = [struct.unpack_from('<H', h, at)[0] for h in headers]
        return [(h, {value for kind, value in generators[first_generator[a]:first_generator[b]] if kind == wanted})
                for h, a, b in zip(headers, first_zone, first_zone[1:])]

    def shared_with(self, other):
        found = set()
        for i, (_, start, end) in enumerate(self.samples):
            for position in POSITIONS:
                at = 2 * (start + int((end - start) * position))
                piece = self.sound[at:at + 2 * FRAMES]
                if end - start > 60 and len(set(piece)) >= MIN_DISTINCT_BYTES and piece in other.sound:
                    found.add(i)
                    break
        return found


if len(sys.argv) != 3:
    sys.exit(__doc__.strip())
font, other = Font(sys.argv[1]), Font(sys.argv[2])
shared = font.shared_with(other)
print(f'{len(shared)} of {len(font.samples)} samples')
for (bank, program, name), used in sorted(font.presets.items()):
    if used & shared:
        print(f'{bank}:{program} {name}: {len(used & shared)} of {len(used)}')
