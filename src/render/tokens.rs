//! How many tokens a text or a request is.
//!
//! Counted with the `o200k` vocabulary whatever the model: an estimate that is the same everywhere and
//! needs no network. The provider's own count is the truth.

use super::{Message, Request, ToolCall};

/// What a chat format adds around each message: its frame and its role.
const PER_MESSAGE: u64 = 4;

/// What a chat format adds to open the reply.
const PER_REPLY: u64 = 3;

/// The longest piece that is counted at once, in bytes. Counting an unbroken word takes time with the square
/// of its length; cutting changes the estimate by at most one token a piece.
const PIECE: usize = 8 * 1024;

/// Tokens of a text. The vocabulary is loaded on first use, about a tenth of a second.
pub fn count_tokens(text: &str) -> u64 {
    if text.is_empty() {
        return 0;
    }
    let vocabulary = tiktoken_rs::o200k_base_singleton();
    pieces(text).map(|piece| vocabulary.count_ordinary(piece) as u64).sum()
}

/// Tokens of a whole request: messages with their frames, and tools as compact JSON.
pub fn tokens(request: &Request) -> u64 {
    let messages: u64 = request.messages.iter().map(said).sum();
    let tools: u64 = request.tools.iter().map(|tool| count_tokens(&tool.to_string())).sum();
    messages + tools + PER_REPLY
}

/// A message with its frame, and the calls it makes as compact JSON.
fn said(message: &Message) -> u64 {
    let arguments = |call: &ToolCall| serde_json::to_string(&call.arguments).unwrap_or_default();
    let calls = message.tool_calls.iter().map(|call| count_tokens(&call.name) + count_tokens(&arguments(call)));
    PER_MESSAGE + count_tokens(&message.content) + calls.sum::<u64>()
}

/// Cuts a text at white space where a piece would grow too long, else wherever it must.
fn pieces(text: &str) -> impl Iterator<Item = &str> {
    let mut rest = text;
    std::iter::from_fn(move || {
        if rest.is_empty() {
            return None;
        }
        let limit = rest.floor_char_boundary(PIECE);
        let head = rest.get(..limit).unwrap_or(rest);
        let cut = if head.len() == rest.len() { None } else { head.rfind(char::is_whitespace).filter(|at| *at > 0) };
        let (piece, tail) = rest.split_at_checked(cut.unwrap_or(head.len())).unwrap_or((rest, ""));
        rest = tail;
        Some(piece)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn known_texts_have_known_counts() {
        assert_eq!(count_tokens(""), 0);
        assert_eq!(count_tokens("hello world"), 2);
    }

    #[test]
    fn a_long_text_is_counted_in_pieces_that_lose_nothing() {
        let text = "wörter und ".repeat(5_000);
        assert_eq!(pieces(&text).collect::<String>(), text);
        let unbroken = "a".repeat(200_000);
        assert_eq!(pieces(&unbroken).collect::<String>(), unbroken);
        assert!(count_tokens(&unbroken) > 10_000);
    }
}
