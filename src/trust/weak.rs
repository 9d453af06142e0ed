//! Edwards points under which anybody can sign.

/// The points of small order, sign bit cleared, in canonical and in other encodings.
///
/// Under such a key the secret does not matter: signatures over about every eighth text need none, and
/// OpenSSH's check takes them. Whoever lists one could later deny every act.
const SMALL_ORDER: [[u8; 32]; 7] = [
    ends(0x00, 0x00, 0x00),
    ends(0x01, 0x00, 0x00),
    ends(0xec, 0xff, 0x7f),
    ends(0xed, 0xff, 0x7f),
    ends(0xee, 0xff, 0x7f),
    [
        0x26, 0xe8, 0x95, 0x8f, 0xc2, 0xb2, 0x27, 0xb0, 0x45, 0xc3, 0xf4, 0x89, 0xf2, 0xef, 0x98, 0xf0, 0xd5, 0xdf,
        0xac, 0x05, 0xd3, 0xc6, 0x33, 0x39, 0xb1, 0x38, 0x02, 0x88, 0x6d, 0x53, 0xfc, 0x05,
    ],
    [
        0xc7, 0x17, 0x6a, 0x70, 0x3d, 0x4d, 0xd8, 0x4f, 0xba, 0x3c, 0x0b, 0x76, 0x0d, 0x10, 0x67, 0x0f, 0x2a, 0x20,
        0x53, 0xfa, 0x2c, 0x39, 0xcc, 0xc6, 0x4e, 0xc7, 0xfd, 0x77, 0x92, 0xac, 0x03, 0x7a,
    ],
];

/// A point whose first and last byte stand out.
const fn ends(first: u8, between: u8, last: u8) -> [u8; 32] {
    let mut point = [between; 32];
    let [start, .., end] = &mut point;
    *start = first;
    *end = last;
    point
}

/// Whether anybody can sign under this point.
pub(super) fn is_weak(point: &[u8]) -> bool {
    let Ok(mut point) = <[u8; 32]>::try_from(point) else { return true };
    let [.., last] = &mut point;
    *last &= 0x7f;
    SMALL_ORDER.contains(&point)
}

#[cfg(test)]
mod tests {
    use ring::signature::{ED25519, Ed25519KeyPair, KeyPair, UnparsedPublicKey};

    use super::*;

    #[test]
    fn every_point_listed_that_a_checker_reads_lets_anybody_sign() {
        let mut forged = 0;
        for point in SMALL_ORDER {
            // The neutral element and a zero: no secret went into it.
            let mut signature = [0; 64];
            signature[0] = 1;
            let key = UnparsedPublicKey::new(&ED25519, point);
            forged += usize::from((0..200u32).any(|text| key.verify(&text.to_be_bytes(), &signature).is_ok()));
            assert!(is_weak(&point));
        }
        // The checker does not read every encoding; those of order 1, 2, 4 and 8 it must.
        assert!(forged >= 5, "{forged}");
    }

    #[test]
    fn a_key_from_a_seed_is_not_weak() {
        for seed in 0..50 {
            let pair = Ed25519KeyPair::from_seed_unchecked(&[seed; 32]).unwrap();
            assert!(!is_weak(pair.public_key().as_ref()));
        }
    }
}
