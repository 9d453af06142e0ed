//! The `o200k` vocabulary of byte pair encoding, looked up where it lies in the program.
//!
//! A word becomes tokens by merging: of all pairs of neighbours that together are a token, the one whose token has the
//! lowest rank becomes one, the leftmost of several first, until no pair is left (Sennrich, Haddow and Birch 2016,
//! *Neural machine translation of rare words with subword units*). Every byte is a token, so every merge makes one less.

use std::{cmp::Reverse, collections::BinaryHeap};

use super::bucket::bucket;

/// For every bucket how many tokens stand before it, and for the end how many there are: numbers of 32 bits, lowest byte
/// first, as all of them here.
static STARTS: &[u8] = include_bytes!(concat!(env!("OUT_DIR"), "/o200k.starts"));

/// For every token where its bytes begin, and its rank; for the end where the bytes of the last one end.
static TOKENS: &[u8] = include_bytes!(concat!(env!("OUT_DIR"), "/o200k.tokens"));

/// The bytes of all tokens.
static TEXT: &[u8] = include_bytes!(concat!(env!("OUT_DIR"), "/o200k.text"));

/// How many tokens a word is.
pub(super) fn tokens_in(word: &[u8]) -> u64 {
    if word.is_empty() || rank(word).is_some() {
        return u64::from(!word.is_empty());
    }
    let mut parts = Parts::of(word);
    let mut pairs: BinaryHeap<Reverse<Pair>> = (0..word.len()).filter_map(|start| parts.pair(start)).collect();
    let mut tokens = word.len() as u64;
    while let Some(Reverse(pair)) = pairs.pop() {
        if parts.merge(&pair).is_some() {
            tokens -= 1;
            pairs.extend(parts.before(pair.start).and_then(|before| parts.pair(before)));
            pairs.extend(parts.pair(pair.start));
        }
    }
    tokens
}

/// A token's place in the order of merging; `None` for what is no token.
fn rank(token: &[u8]) -> Option<u32> {
    let bucket = bucket(token);
    let (from, to) = (number(STARTS, bucket)?, number(STARTS, bucket + 1)?);
    (from..to).find_map(|at| {
        let at = 2 * at as usize;
        let (begins, rank, ends) = (number(TOKENS, at)?, number(TOKENS, at + 1)?, number(TOKENS, at + 2)?);
        (TEXT.get(begins as usize..ends as usize)? == token).then_some(rank)
    })
}

fn number(table: &[u8], at: usize) -> Option<u32> {
    table.get(4 * at..)?.first_chunk().copied().map(u32::from_le_bytes)
}

/// Two neighbours that together are a token; the one of lowest rank is the least, then the leftmost.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Pair {
    rank: u32,
    start: usize,
    end: usize,
}

/// A word in parts, each byte of it at first.
struct Parts<'a> {
    word: &'a [u8],
    /// For the first byte of a part where it ends; 0 for any other.
    ends: Vec<usize>,
    /// For the end of a part where it begins.
    begins: Vec<usize>,
}

impl<'a> Parts<'a> {
    fn of(word: &'a [u8]) -> Self {
        let begins = std::iter::once(0).chain(0..word.len()).collect();
        Self { word, ends: (1..=word.len()).collect(), begins }
    }

    /// Where the part ends that begins here; 0 where none does.
    fn end(&self, start: usize) -> usize {
        self.ends.get(start).copied().unwrap_or_default()
    }

    /// The part that begins here with the next one, where both are a token.
    fn pair(&self, start: usize) -> Option<Reverse<Pair>> {
        let end = self.end(self.end(start));
        let rank = rank(self.word.get(start..end).filter(|both| !both.is_empty())?)?;
        Some(Reverse(Pair { rank, start, end }))
    }

    /// Where the part begins that ends here; nothing ends at the beginning.
    fn before(&self, end: usize) -> Option<usize> {
        self.begins.get(end).copied().filter(|_| end > 0)
    }

    /// Makes a pair one part; `None` where it is no pair any more.
    fn merge(&mut self, pair: &Pair) -> Option<()> {
        let middle = self.end(pair.start);
        if middle == 0 || self.end(middle) != pair.end {
            return None;
        }
        *self.ends.get_mut(pair.start)? = pair.end;
        *self.ends.get_mut(middle)? = 0;
        *self.begins.get_mut(pair.end)? = pair.start;
        Some(())
    }
}
