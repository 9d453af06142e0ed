//! Inputs made of others: what a slip, a splice or an attacker would do to them.

/// Numbers from a seed, the same for the same seed.
pub(crate) struct Dice(u64);

impl Dice {
    pub(crate) fn new(seed: u64) -> Self {
        Self(seed ^ 0x9e37_79b9_7f4a_7c15)
    }

    /// The next number (splitmix64).
    pub(crate) fn roll(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    /// A number below `end`; zero where there is none.
    pub(crate) fn below(&mut self, end: usize) -> usize {
        usize::try_from(self.roll() >> 1).unwrap_or_default().checked_rem(end).unwrap_or_default()
    }

    /// One of these.
    pub(crate) fn pick<'a, T>(&mut self, from: &'a [T]) -> &'a T {
        &from[self.below(from.len())]
    }
}

/// The longest input, but for one in some hundred.
const LONG: usize = 8 * 1024;
/// The longest input of all.
const LONGEST: usize = 128 * 1024;

/// What parsers of any text look for, and what they stumble over.
const ANYWHERE: &[&str] = &[
    "\n",
    "\r\n",
    "\r",
    "\t",
    " ",
    "\0",
    "\u{feff}",
    "\u{202e}",
    "\u{200b}",
    "\u{e0041}",
    "\u{2028}",
    "é",
    "e\u{301}",
    "İ",
    "ß",
    "😀",
    "\u{10ffff}",
    "\"",
    "'",
    "\\",
    "\\u0000",
    "\\ud800",
    "\\udc00",
    "\\u202e",
    "\\x00",
    "{",
    "}",
    "[",
    "]",
    ",",
    ":",
    "=",
    "#",
    "null",
    "true",
    "false",
    "{}",
    "[]",
    "\"\"",
    "..",
    "/",
    "//",
    "@",
    "~",
    "*",
    "-",
    "+",
    "\x1b[31m",
    "\x1e",
    "$1",
    "$2",
];

/// Numbers at which something gives way.
const NUMBERS: &[&str] = &[
    "0",
    "-0",
    "1",
    "-1",
    "2",
    "7",
    "255",
    "256",
    "65536",
    "2147483647",
    "2147483648",
    "4294967295",
    "4294967296",
    "9007199254740991",
    "9007199254740993",
    "9223372036854775807",
    "-9223372036854775808",
    "18446744073709551615",
    "18446744073709551616",
    "99999999999999999999999999",
    "0.0",
    "1.0",
    "0.1",
    "-0.0",
    "1e308",
    "1e309",
    "-1e-400",
    "5e-324",
    "nan",
    "inf",
    "-inf",
    "NaN",
    "Infinity",
    "1e",
    "1_000",
    "0x10",
    "01",
    "1.7976931348623157e308",
];

/// What opens, and what closes it again.
const NESTS: &[(&str, &str)] = &[
    ("[", "]"),
    ("{\"a\":", "}"),
    ("{ a = ", " }"),
    ("(", ")"),
    ("{{ ", " }}"),
    ("{% if a %}", "{% endif %}"),
    ("{% for i in a %}", "{% endfor %}"),
    ("[a.", "]\n"),
    ("\"", "\""),
    ("a.", "b"),
    ("not ", "a"),
    ("-", "1"),
    ("(?:", ")*"),
];

/// One input made of those known so far.
pub(crate) fn mutated(dice: &mut Dice, from: &[u8], other: &[u8], words: &[&str]) -> Vec<u8> {
    let mut bytes = from.to_vec();
    // Mostly few changes: what was almost right reaches furthest.
    let changes = 1 << dice.below(4);
    for _ in 0..=dice.below(changes) {
        change(dice, &mut bytes, other, words);
    }
    let end = if dice.below(300) == 0 { LONGEST } else { LONG.max(from.len()) };
    bytes.truncate(end);
    bytes
}

fn change(dice: &mut Dice, bytes: &mut Vec<u8>, other: &[u8], words: &[&str]) {
    let at = dice.below(bytes.len() + 1);
    match dice.below(18) {
        0 => flip(dice, bytes),
        1 => set(dice, bytes),
        2 => drop(bytes.drain(span(dice, bytes.len()))),
        3 => insert(bytes, at, &other[span(dice, other.len())]),
        4 => {
            let piece = bytes[span(dice, bytes.len())].to_vec();
            insert(bytes, at, &piece);
        }
        5 => {
            let cut = dice.below(other.len() + 1);
            bytes.truncate(at);
            bytes.extend_from_slice(&other[cut..]);
        }
        6 => insert(bytes, at, dice.pick(ANYWHERE).as_bytes()),
        7..=9 if !words.is_empty() => insert(bytes, at, dice.pick(words).as_bytes()),
        10 | 11 if !words.is_empty() => {
            let word = dice.pick(words).as_bytes();
            let end = (at + word.len()).min(bytes.len());
            bytes.splice(at..end, word.iter().copied());
        }
        12 => number(dice, bytes),
        13 => nest(dice, bytes, at),
        14 => repeat(dice, bytes, at),
        15 => lines(dice, bytes),
        16 => quoted(dice, bytes, other),
        _ => retell(dice, bytes),
    }
}

fn insert(bytes: &mut Vec<u8>, at: usize, piece: &[u8]) {
    bytes.splice(at..at, piece.iter().copied());
}

/// Somewhere, mostly short.
fn span(dice: &mut Dice, length: usize) -> std::ops::Range<usize> {
    let start = dice.below(length + 1);
    let most = if dice.below(3) == 0 { length } else { 16 };
    start..(start + dice.below(most + 1)).min(length)
}

fn flip(dice: &mut Dice, bytes: &mut [u8]) {
    let at = dice.below(bytes.len());
    let bit = 1 << dice.below(8);
    bytes.iter_mut().skip(at).take(1).for_each(|byte| *byte ^= bit);
}

fn set(dice: &mut Dice, bytes: &mut [u8]) {
    let at = dice.below(bytes.len());
    let value = dice.roll().to_le_bytes()[0];
    bytes.iter_mut().skip(at).take(1).for_each(|byte| *byte = value);
}

/// Another number where one stands; length fields of binary formats are four bytes that end anywhere.
fn number(dice: &mut Dice, bytes: &mut Vec<u8>) {
    let digits: Vec<usize> = (0..bytes.len()).filter(|at| bytes[*at].is_ascii_digit()).collect();
    if digits.is_empty() || dice.below(4) == 0 {
        let at = dice.below(bytes.len() + 1);
        let length = u32::try_from(dice.below(300)).unwrap_or_default().wrapping_sub(4).to_be_bytes();
        let end = (at + 4).min(bytes.len());
        bytes.splice(at..end, length);
        return;
    }
    let start = *dice.pick(&digits);
    let length = bytes[start..].iter().take_while(|byte| byte.is_ascii_digit()).count();
    bytes.splice(start..start + length, dice.pick(NUMBERS).bytes());
}

/// Deep inside something; sometimes it is never closed.
fn nest(dice: &mut Dice, bytes: &mut Vec<u8>, at: usize) {
    let (open, close) = dice.pick(NESTS);
    let depth = *dice.pick(&[1, 2, 8, 64, 127, 128, 129, 500, 4000]);
    let close = if dice.below(3) == 0 { String::new() } else { close.repeat(depth) };
    let end = (at + dice.below(8)).min(bytes.len());
    let inner = bytes[at..end].to_vec();
    let piece = [open.repeat(depth).as_bytes(), &inner, close.as_bytes()].concat();
    bytes.splice(at..end, piece);
}

/// A piece over and over.
fn repeat(dice: &mut Dice, bytes: &mut Vec<u8>, at: usize) {
    let end = (at + 1 + dice.below(24)).min(bytes.len());
    let times = *dice.pick(&[2, 3, 10, 100, 1000, 20_000]);
    let piece = bytes[at..end].repeat(times.min(LONGEST / (end - at).max(1)));
    insert(bytes, at, &piece);
}

/// A line goes, comes twice, or changes its place.
fn lines(dice: &mut Dice, bytes: &mut Vec<u8>) {
    let mut all: Vec<Vec<u8>> = bytes.split_inclusive(|byte| *byte == b'\n').map(<[u8]>::to_vec).collect();
    if all.is_empty() {
        return;
    }
    let (one, two) = (dice.below(all.len()), dice.below(all.len()));
    match dice.below(3) {
        0 => drop(all.remove(one)),
        1 => all.insert(two, all[one].clone()),
        _ => all.swap(one, two),
    }
    *bytes = all.concat();
}

/// What stands in quotes here becomes what stands in quotes there.
fn quoted(dice: &mut Dice, bytes: &mut Vec<u8>, other: &[u8]) {
    let (Some(here), Some(there)) = (quotes(dice, bytes), quotes(dice, other)) else { return };
    bytes.splice(here, other[there].iter().copied());
}

fn quotes(dice: &mut Dice, bytes: &[u8]) -> Option<std::ops::Range<usize>> {
    let marks: Vec<usize> = (0..bytes.len()).filter(|at| bytes[*at] == b'"').collect();
    let first = dice.below(marks.len().saturating_sub(1));
    marks.get(first + 1)?;
    Some(marks[first] + 1..marks[first + 1])
}

/// The same said otherwise: cases, ends of lines, an encoding that is none.
fn retell(dice: &mut Dice, bytes: &mut Vec<u8>) {
    let part = span(dice, bytes.len());
    match dice.below(4) {
        0 => bytes[part].make_ascii_uppercase(),
        1 => bytes[part].reverse(),
        2 => *bytes = String::from_utf8_lossy(bytes).replace('\n', "\r\n").into_bytes(),
        _ => insert(bytes, part.start, &[0xc0, 0x80, 0xed, 0xa0, 0x80, 0xff][..=dice.below(6)]),
    }
}
