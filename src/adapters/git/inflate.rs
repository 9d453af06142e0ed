//! A strict reader of zlib streams (RFC 1950, 1951), for inspection only.
//!
//! Everybody else reads through libgit2, which forgives what does not change the content: other header bits,
//! padding, bytes after the end. A store that is inspected shall be byte for byte what was written.

/// The bytes a zlib stream holds; `None` when one bit of it is not as an encoder writes it.
pub(super) fn inflate(stream: &[u8]) -> Option<Vec<u8>> {
    let (header, rest) = stream.split_first_chunk::<2>()?;
    // 32 KiB window, no dictionary, a check that comes out even: one of four headers.
    if !matches!(header, [0x78, 0x01 | 0x5e | 0x9c | 0xda]) {
        return None;
    }
    let (deflated, stated) = rest.split_last_chunk::<4>()?;
    let mut bits = Bits { bytes: deflated, hold: 0, count: 0 };
    let mut out = Vec::new();
    loop {
        let last = bits.take(1)? == 1;
        match bits.take(2)? {
            0 => stored(&mut bits, &mut out)?,
            1 => compressed(&mut bits, &mut out, &fixed()?)?,
            2 => {
                let codes = dynamic(&mut bits)?;
                compressed(&mut bits, &mut out, &codes)?;
            }
            _ => return None,
        }
        if last {
            break;
        }
    }
    bits.pad()?;
    (bits.bytes.is_empty() && adler(&out).to_be_bytes() == *stated).then_some(out)
}

/// Bits, least significant first.
struct Bits<'a> {
    bytes: &'a [u8],
    hold: u32,
    count: u32,
}

impl Bits<'_> {
    fn take(&mut self, need: u32) -> Option<u32> {
        while self.count < need {
            let (byte, rest) = self.bytes.split_first()?;
            self.hold |= u32::from(*byte) << self.count;
            self.bytes = rest;
            self.count += 8;
        }
        let value = self.hold & ((1 << need) - 1);
        self.hold >>= need;
        self.count -= need;
        Some(value)
    }

    /// Goes to the next byte; what is skipped must be zero.
    fn pad(&mut self) -> Option<()> {
        (self.take(self.count % 8)? == 0).then_some(())
    }
}

/// A canonical Huffman code.
struct Code {
    counts: [u16; 16],
    symbols: Vec<u16>,
}

impl Code {
    /// The code of these lengths; `None` when it is over-subscribed, or incomplete with more than one word.
    fn new(lengths: &[u8]) -> Option<Self> {
        let mut counts = [0; 16];
        let mut symbols = Vec::new();
        for wanted in 1..16_u8 {
            let found = (0..).zip(lengths).filter(|(_, length)| **length == wanted).map(|(symbol, _)| symbol);
            let before = symbols.len();
            symbols.extend(found);
            *counts.get_mut(usize::from(wanted))? = u16::try_from(symbols.len() - before).ok()?;
        }
        let left = counts.iter().skip(1).try_fold(1_i32, |left, count| {
            let left = left * 2 - i32::from(*count);
            (left >= 0).then_some(left)
        })?;
        (left == 0 || symbols.len() <= 1).then_some(Self { counts, symbols })
    }

    fn read(&self, bits: &mut Bits<'_>) -> Option<u16> {
        let (mut code, mut first, mut index) = (0_u32, 0_u32, 0_u32);
        for count in self.counts.iter().skip(1).map(|count| u32::from(*count)) {
            code |= bits.take(1)?;
            if code < first + count {
                return self.symbols.get(usize::try_from(index + code - first).ok()?).copied();
            }
            index += count;
            first = (first + count) << 1;
            code <<= 1;
        }
        None
    }
}

/// The codes of literals and lengths, and of distances.
struct Codes {
    literals: Code,
    distances: Code,
}

fn fixed() -> Option<Codes> {
    let mut lengths = [8; 288];
    lengths.get_mut(144..256)?.fill(9);
    lengths.get_mut(256..280)?.fill(7);
    Some(Codes { literals: Code::new(&lengths)?, distances: Code::new(&[5; 32])? })
}

fn dynamic(bits: &mut Bits<'_>) -> Option<Codes> {
    const ORDER: [usize; 19] = [16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15];
    let literals = usize::try_from(bits.take(5)? + 257).ok()?;
    let distances = usize::try_from(bits.take(5)? + 1).ok()?;
    let words = usize::try_from(bits.take(4)? + 4).ok()?;
    let mut lengths = [0; 19];
    for place in ORDER.iter().take(words) {
        *lengths.get_mut(*place)? = u8::try_from(bits.take(3)?).ok()?;
    }
    let code = Code::new(&lengths)?;
    let mut lengths: Vec<u8> = Vec::with_capacity(literals + distances);
    while lengths.len() < literals + distances {
        let (length, times) = match code.read(bits)? {
            16 => (*lengths.last()?, bits.take(2)? + 3),
            17 => (0, bits.take(3)? + 3),
            18 => (0, bits.take(7)? + 11),
            length => (u8::try_from(length).ok()?, 1),
        };
        lengths.extend(std::iter::repeat_n(length, usize::try_from(times).ok()?));
    }
    if lengths.len() != literals + distances || *lengths.get(256)? == 0 {
        return None;
    }
    let (literals, distances) = lengths.split_at_checked(literals)?;
    Some(Codes { literals: Code::new(literals)?, distances: Code::new(distances)? })
}

fn stored(bits: &mut Bits<'_>, out: &mut Vec<u8>) -> Option<()> {
    bits.pad()?;
    let (length, inverse) = (bits.take(16)?, bits.take(16)?);
    if length ^ inverse != 0xffff {
        return None;
    }
    let (bytes, rest) = bits.bytes.split_at_checked(usize::try_from(length).ok()?)?;
    out.extend_from_slice(bytes);
    bits.bytes = rest;
    Some(())
}

fn compressed(bits: &mut Bits<'_>, out: &mut Vec<u8>, codes: &Codes) -> Option<()> {
    loop {
        match codes.literals.read(bits)? {
            symbol @ 0..256 => out.push(u8::try_from(symbol).ok()?),
            256 => return Some(()),
            symbol => {
                let length = length(bits, u32::from(symbol) - 257)?;
                let symbol = codes.distances.read(bits)?;
                let distance = distance(bits, u32::from(symbol))?;
                let from = out.len().checked_sub(distance)?;
                for at in from..from + length {
                    out.push(*out.get(at)?);
                }
            }
        }
    }
}

fn length(bits: &mut Bits<'_>, symbol: u32) -> Option<usize> {
    let length = match symbol {
        0..8 => symbol + 3,
        28 => 258,
        8..28 => {
            let extra = symbol / 4 - 1;
            ((4 + symbol % 4) << extra) + 3 + bits.take(extra)?
        }
        _ => return None,
    };
    // 258 has a symbol of its own; the long way round is not how it is written.
    if symbol == 27 && length == 258 { None } else { usize::try_from(length).ok() }
}

fn distance(bits: &mut Bits<'_>, symbol: u32) -> Option<usize> {
    let distance = match symbol {
        0..4 => symbol + 1,
        4..30 => {
            let extra = symbol / 2 - 1;
            ((2 + symbol % 2) << extra) + 1 + bits.take(extra)?
        }
        _ => return None,
    };
    usize::try_from(distance).ok()
}

fn adler(bytes: &[u8]) -> u32 {
    const MODULUS: u32 = 65_521;
    let (mut low, mut high) = (1, 0);
    for part in bytes.chunks(5_552) {
        for byte in part {
            low += u32::from(*byte);
            high += low;
        }
        low %= MODULUS;
        high %= MODULUS;
    }
    (high << 16) | low
}

#[cfg(test)]
mod tests {
    use super::*;

    /// `python3 -c 'import zlib; zlib.compress(b"chancery chancery chancery", 9)'`.
    const STREAM: &[u8] = &[
        0x78, 0xda, 0x4b, 0xce, 0x48, 0xcc, 0x4b, 0x4e, 0x2d, 0xaa, 0x54, 0x48, 0x46, 0x67, 0x00, 0x00, 0x87, 0xf5,
        0x0a, 0x28,
    ];

    #[test]
    fn a_stream_is_read_and_one_with_any_bit_changed_is_not() {
        assert_eq!(inflate(STREAM).as_deref(), Some(&b"chancery chancery chancery"[..]));
        for byte in 0..STREAM.len() {
            for change in 1..=255 {
                let mut stream = STREAM.to_vec();
                stream[byte] ^= change;
                let other_level = byte == 1 && matches!(stream[1], 0x01 | 0x5e | 0x9c);
                assert!(other_level || inflate(&stream).is_none(), "byte {byte} changed by {change}");
            }
        }
        assert_eq!(inflate(&[STREAM, b"x"].concat()), None);
        assert_eq!(inflate(&STREAM[..STREAM.len() - 1]), None);
    }
}
