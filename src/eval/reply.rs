//! What a model answered, and the form in which it is kept.

use serde::{Deserialize, Serialize};

use crate::{
    artifact::Finish,
    object::{Digest, NotCanonical, encode, parse},
    render::{self, Request, ToolCall},
};

/// The format of stored replies written by this program.
const FORMAT: u32 = 1;

/// Where a reply came from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum ReplySource {
    /// The provider answered during this run; `echo` and `exec` always count as live.
    Live,
    /// A recording that an event of the ledger vouches for.
    Signed,
    /// A recording that nobody signed.
    Unsigned,
}

/// Tokens as the provider counted them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Usage {
    /// Tokens sent, cached ones included.
    pub input: u64,
    /// Tokens received.
    pub output: u64,
    /// How many of the tokens sent the provider had cached and bills as such, where it says so.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cached: Option<u64>,
}

impl Usage {
    /// So many tokens sent and received, nothing being known of a cache.
    pub fn of(input: u64, output: u64) -> Self {
        Self { input, output, cached: None }
    }

    /// The provider's count of a call, else ours.
    pub(super) fn counted(reply: &Reply, request: &Request) -> Self {
        reply.usage.unwrap_or_else(|| Self::of(render::tokens(request), render::count_tokens(&reply.content)))
    }

    /// What is sent and received, as evidence states it: counts that do not fit in 32 bits are the largest that does.
    pub fn stated(self) -> (u32, u32) {
        let fit = |count: u64| u32::try_from(count).unwrap_or(u32::MAX);
        (fit(self.input), fit(self.output))
    }
}

/// One reply of a model.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Reply {
    /// What it says; empty when it only calls tools.
    pub content: String,
    /// The tools it calls, in its order.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub tool_calls: Vec<ToolCall>,
    /// Tokens, where the provider counts them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub usage: Option<Usage>,
    /// The model the provider says it used.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub model: Option<String>,
    /// Why it ends, where the provider says so in a word we know.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub finish: Option<Finish>,
}

/// Bytes that are not a stored reply.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ReplyError {
    /// Another record, or the right one in another encoding.
    #[error("not a stored reply: {0}")]
    Encoding(#[from] NotCanonical),
    /// A format this program does not know.
    #[error("stored in format {0}, which this program does not know")]
    Format(u32),
}

/// The record kept as payload.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Stored {
    format: u32,
    reply: Reply,
}

impl Reply {
    /// A reply that consists of text alone.
    pub fn text(content: impl Into<String>) -> Self {
        Self { content: content.into(), tool_calls: Vec::new(), usage: None, model: None, finish: None }
    }

    /// The bytes kept as payload: the RFC 8785 form of `{format, reply}`.
    pub fn to_bytes(&self) -> Vec<u8> {
        encode(&Stored { format: FORMAT, reply: self.clone() })
    }

    /// Reads what [`Reply::to_bytes`] wrote.
    ///
    /// # Errors
    ///
    /// [`ReplyError`] for any other bytes, another encoding of the same reply included.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, ReplyError> {
        let stored = parse::<Stored>(bytes)?.record;
        if stored.format == FORMAT { Ok(stored.reply) } else { Err(ReplyError::Format(stored.format)) }
    }

    /// Names the reply: the SHA-256 of the bytes kept as payload.
    pub fn digest(&self) -> Digest {
        Digest::of(&self.to_bytes())
    }

    /// The reply as it will be read back: numbers beyond 2^53 lose the digits that JSON numbers lose.
    ///
    /// Scoring this form is what makes scoring and re-scoring agree.
    ///
    /// # Errors
    ///
    /// [`ReplyError::Encoding`] for a reply that nobody could read back, because it is nested too deep.
    pub fn as_stored(self) -> Result<Self, ReplyError> {
        Self::from_bytes(&self.to_bytes())
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_stored_reply_keeps_its_bytes_for_good() {
        let reply = Reply {
            tool_calls: vec![ToolCall {
                name: "b".to_owned(),
                arguments: json!({"z": 1.0, "a": "ü"}).as_object().unwrap().clone(),
            }],
            usage: Some(Usage::of(3, 2)),
            ..Reply::text("hi\n")
        };
        let bytes = reply.to_bytes();
        let expected = r#"{"format":1,"reply":{"content":"hi\n","tool_calls":[{"arguments":{"a":"ü","z":1},"name":"b"}],"usage":{"input":3,"output":2}}}"#;
        assert_eq!(String::from_utf8(bytes.clone()).unwrap(), expected);
        assert_eq!(reply.digest().hex(), "4eb54b33fecd846549802a3266ddf70f569f788d6b247ffa3b5cf76e8632aecc");
        assert_eq!(Reply::from_bytes(&bytes), reply.as_stored());
    }

    #[test]
    fn a_stored_reply_of_another_format_or_encoding_is_refused() {
        assert_eq!(Reply::from_bytes(br#"{"format":2,"reply":{"content":""}}"#), Err(ReplyError::Format(2)));
        assert!(Reply::from_bytes(br#"{"format":1, "reply":{"content":""}}"#).is_err());
        assert!(Reply::from_bytes(br#"{"format":1,"reply":{"content":"","tool_calls":[]}}"#).is_err());
    }

    #[test]
    fn a_number_too_large_for_json_is_scored_as_it_is_stored() {
        let arguments = json!({"id": 12_345_678_901_234_567_891_u64}).as_object().unwrap().clone();
        let reply = Reply { tool_calls: vec![ToolCall { name: "x".to_owned(), arguments }], ..Reply::text("") };
        let stored = reply.clone().as_stored().unwrap();
        assert_eq!(Ok(stored.clone()), stored.clone().as_stored());
        assert_eq!(stored.digest(), reply.digest());
    }

    #[test]
    fn a_reply_that_could_not_be_read_back_is_known_before_it_is_scored() {
        let deep: serde_json::Value = (0..127).fold(json!(1), |inner, _| json!([inner]));
        let arguments = json!({ "x": deep }).as_object().unwrap().clone();
        let reply = Reply { tool_calls: vec![ToolCall { name: "x".to_owned(), arguments }], ..Reply::text("") };
        assert!(reply.as_stored().is_err());
    }
}
