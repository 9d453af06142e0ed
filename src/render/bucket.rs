//! Where a token stands in the table of tokens; `build.rs` writes by it and [`super::vocabulary`] looks up by it.

/// How many bits a bucket's number has: a little more buckets than tokens.
pub(super) const BITS: u32 = 18;

/// The bucket of a token: Fowler, Noll and Vo's hash 1a of 64 bits, spread by Fibonacci's multiplier.
pub(super) fn bucket(token: &[u8]) -> usize {
    let step = |hash: u64, byte: &u8| (hash ^ u64::from(*byte)).wrapping_mul(0x0000_0100_0000_01b3);
    let hash = token.iter().fold(0xcbf2_9ce4_8422_2325, step);
    let spread = hash.wrapping_mul(0x9e37_79b9_7f4a_7c15) >> (u64::BITS - BITS);
    usize::try_from(spread).unwrap_or_default()
}
