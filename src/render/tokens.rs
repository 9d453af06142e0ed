//! How many tokens a text or a request is.
//!
//! Counted with the `o200k` vocabulary whatever the model: an estimate that is the same everywhere and
//! needs no network. The provider's own count is the truth.

use super::{Message, Request, ToolCall, vocabulary::tokens_in, words::words};

/// What a chat format adds around each message: its frame and its role.
const PER_MESSAGE: u64 = 4;

/// What a chat format adds to open the reply.
const PER_REPLY: u64 = 3;

/// The longest piece that is counted at once, in bytes: what counting needs grows with the longest word, and words may be
/// unbroken. Cutting changes the estimate by at most one token a piece.
const PIECE: usize = 8 * 1024;

/// Tokens of a text.
pub fn count_tokens(text: &str) -> u64 {
    pieces(text).flat_map(words).map(|word| tokens_in(word.as_bytes())).sum()
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

    /// As the package counts that the vocabulary comes from.
    fn elsewhere(text: &str) -> u64 {
        tiktoken_rs::o200k_base_singleton().count_ordinary(text) as u64
    }

    #[test]
    fn texts_of_all_kinds_are_counted_as_elsewhere() {
        let texts = [
            "hello world",
            "  two  spaces\t\tand tabs ",
            "line\n\n  next \r\n \t\n end\n",
            "It's, they'RE we'll I'd O'Neil's can'tt 'sup",
            "CamelCase HTTPServer iPhone X1y2 12345678 1,234.50",
            "fn main() { println!(\"{}\", a[0] != b::<u8>()); } // comment///\n",
            "Ωmega straße naïve Ünïcödé ǅ ʰ ª º ① ٣٤٥ Ⅷ",
            "日本語のテキスト、中文字符。한국어 ไทย हिन्दी עברית العربية",
            "👩‍👩‍👧‍👦 🏳️‍🌈 e\u{301}\u{302} a\u{a0}\u{3000}b \u{85}\u{2028}x",
            "        indented\n            more   \n\t\tx",
            "https://example.com/a/b/?q=1&r=%20#frag //// \r\n/",
            "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
            "zqxjkvbpygfwmucldrhsnioate.,;:!?-_=+*&^%$#@~`|\\<>()[]{}\"'",
        ];
        for text in texts {
            assert_eq!(count_tokens(text), elsewhere(text), "{text:?}");
        }
    }

    proptest::proptest! {
        #[test]
        fn any_text_is_counted_as_elsewhere(text in "\\PC{0,60}|[a-zA-Z' \t\r\n0-9.,/]{0,120}|\\p{any}{0,40}|[ab ]{0,300}") {
            proptest::prop_assert_eq!(count_tokens(&text), elsewhere(&text));
        }
    }

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
