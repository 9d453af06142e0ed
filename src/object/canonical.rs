//! One meaning, one encoding: RFC 8785 (JSON Canonicalization Scheme).

use serde::{Serialize, de::DeserializeOwned};

use super::Digest;

/// Bytes that are not the RFC 8785 encoding of the record they should hold.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NotCanonical {
    /// Not JSON of the expected shape.
    #[error("not a record of the expected shape: {0}")]
    Shape(String),
    /// The right shape in another encoding: spaces, key order, duplicate keys, number spelling.
    #[error("not in canonical form (RFC 8785)")]
    Encoding,
}

/// A record together with the bytes it was read from, so that what is verified is what is parsed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Canonical<T> {
    /// The record.
    pub record: T,
    /// Its RFC 8785 encoding.
    pub bytes: Vec<u8>,
}

impl<T> Canonical<T> {
    /// The SHA-256 of the encoding: the record's id.
    pub fn digest(&self) -> Digest {
        Digest::of(&self.bytes)
    }
}

/// Encodes a record.
///
/// # Panics
///
/// Never for our records: they hold no maps with keys other than strings and no NaN, the only
/// values the encoding cannot express.
#[expect(clippy::expect_used, reason = "records are plain data: string keys, finite numbers")]
pub fn encode<T: Serialize>(record: &T) -> Vec<u8> {
    serde_json_canonicalizer::to_vec(record).expect("records have string keys and finite numbers")
}

/// Reads a record and refuses every encoding but the canonical one.
///
/// # Errors
///
/// [`NotCanonical::Shape`] when the bytes are not the record, [`NotCanonical::Encoding`] when they
/// are it in another spelling. Unknown fields are dropped by the first step and so noticed by the
/// second.
pub fn parse<T: Serialize + DeserializeOwned>(bytes: &[u8]) -> Result<Canonical<T>, NotCanonical> {
    let record: T = serde_json::from_slice(bytes).map_err(|e| NotCanonical::Shape(e.to_string()))?;
    if encode(&record) == bytes { Ok(Canonical { record, bytes: bytes.to_vec() }) } else { Err(NotCanonical::Encoding) }
}

#[cfg(test)]
mod tests {
    use serde::Deserialize;

    use super::*;

    #[derive(Debug, PartialEq, Serialize, Deserialize)]
    struct Record {
        b: String,
        a: u32,
    }

    #[test]
    fn keys_are_sorted_and_nothing_else_is_read_back() {
        let record = Record { b: "ü\n".to_owned(), a: 1 };
        let bytes = encode(&record);
        assert_eq!(bytes, "{\"a\":1,\"b\":\"ü\\n\"}".as_bytes());
        assert_eq!(parse::<Record>(&bytes).unwrap().record, record);
        for other in [
            &b"{\"b\":\"x\",\"a\":1}"[..],
            b"{\"a\":1, \"b\":\"x\"}",
            b"{\"a\":1,\"a\":1,\"b\":\"x\"}",
            b"{\"a\":1,\"b\":\"x\",\"c\":2}",
            b"{\"a\":1.0,\"b\":\"x\"}",
        ] {
            assert!(parse::<Record>(other).is_err(), "{}", String::from_utf8_lossy(other));
        }
    }
}
