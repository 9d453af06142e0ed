//! What is believed to be a secret, and what only shows where one would stand.

/// The shortest run of one character that nobody's secret has.
const RUN: usize = 6;

/// Words of values that stand for a secret which is not told.
const STAND_INS: [&str; 26] = [
    "example",
    "sample",
    "placeholder",
    "changeme",
    "change_me",
    "change-me",
    "your_",
    "your-",
    "yourkey",
    "yourtoken",
    "yourpassword",
    "my_secret",
    "redacted",
    "masked",
    "dummy",
    "fake",
    "insert",
    "replace",
    "environ",
    "getenv",
    "process.env",
    "secrets.",
    "vault:",
    "xxxx",
    "todo",
    "undefined",
];

/// A token of a known shape, unless it is a shown example.
pub(super) fn token(secret: &str) -> bool {
    repeating(secret) && longest_run(secret) < RUN && !secret.to_ascii_lowercase().contains("xxxx")
}

/// The same for tokens so plain in shape that even a run of one character is taken for one.
pub(super) fn repeating(secret: &str) -> bool {
    !secret.to_ascii_lowercase().contains("example") && !stands_for_another(secret)
}

/// A token of a known shape whose random part has at least some randomness.
pub(super) fn random(secret: &str) -> bool {
    token(secret) && entropy(secret) >= 3_000
}

/// A password written down: a letter and something else, not a word in place of one.
pub(super) fn password(secret: &str) -> bool {
    let letters = secret.chars().any(char::is_alphabetic);
    let others = secret.chars().any(|c| c.is_ascii_digit());
    letters && others && entropy(secret) >= 2_600 && !is_stand_in(secret) && !is_call(secret)
}

/// A key or token without a shape: random, and not a name made of words.
pub(super) fn key(secret: &str) -> bool {
    password(secret) && entropy(secret) >= 3_200 && !is_words(secret)
}

/// A long value, as random as encoded bytes are.
pub(super) fn encoded(secret: &str) -> bool {
    let classes = [char::is_uppercase, char::is_lowercase, char::is_numeric];
    key(secret) && entropy(secret) >= 4_200 && classes.iter().all(|class| secret.chars().any(class))
}

/// The same for what a name announces, which need not be as long.
pub(super) fn encoded_key(secret: &str) -> bool {
    token(secret) && entropy(secret) >= 3_500 && secret.chars().any(|c| c.is_ascii_digit())
}

/// Behind a prefix of three letters, which words begin with too: a digit, or what is crossed out.
pub(super) fn long_enough(secret: &str) -> bool {
    let (_, rest) = secret.split_at_checked(3).unwrap_or_default();
    repeating(secret) && (rest.chars().any(|c| c.is_ascii_digit()) || longest_run(rest) >= RUN)
}

/// Three parts, each with letters of both cases or digits, as encoded bytes have them; not three words.
pub(super) fn three_parts(secret: &str) -> bool {
    token(secret) && secret.split('.').all(|part| !is_word(part)) && secret.chars().any(|c| c.is_ascii_digit())
}

/// What stands behind `Bearer` or `Basic`.
pub(super) fn header(secret: &str) -> bool {
    !is_stand_in(secret) && entropy(secret) >= 2_800 && !is_words(secret)
}

/// A long hexadecimal value with as much in it as random bytes have.
pub(super) fn hexadecimal(secret: &str) -> bool {
    entropy(secret) >= 3_000 && secret.chars().any(|c| c.is_ascii_digit()) && longest_run(secret) < RUN
}

/// The password in an address: anything that is not plainly a stand-in for one.
pub(super) fn in_address(secret: &str) -> bool {
    !is_stand_in(secret) && longest_run(secret) < RUN
}

/// A JSON Web Token: its first part says, in JSON, how it is signed.
pub(super) fn web_token(secret: &str) -> bool {
    let part = |text: &str| serde_json::from_slice::<serde_json::Map<String, serde_json::Value>>(&decoded(text)).ok();
    let mut parts = secret.split('.');
    let head = parts.next().and_then(part);
    head.is_some_and(|head| head.contains_key("alg")) && parts.next().is_some_and(|body| part(body).is_some())
}

/// The block of a private key holds more than the words around it.
pub(super) fn key_block(secret: &str) -> bool {
    let body: String = secret.lines().filter(|line| !line.contains("-----") || line.contains("\\n")).collect();
    entropy(&body) >= 3_500
}

/// Thousandths of a bit a character, as often as each stands in the text.
///
/// In whole numbers: which versions are refused depends on it, and logarithms of fractions differ between machines.
pub(super) fn entropy(text: &str) -> u64 {
    let mut counts = std::collections::BTreeMap::new();
    for c in text.chars() {
        *counts.entry(c).or_insert(0_u32) += 1;
    }
    let total: u32 = counts.values().sum();
    if total == 0 {
        return 0;
    }
    let told: u64 = counts.values().map(|count| u64::from(*count) * logarithm(*count)).sum();
    (logarithm(total).saturating_sub(told / u64::from(total)) * 1000) >> FRACTION
}

/// Binary digits after the point of a logarithm.
const FRACTION: u32 = 20;

/// The binary logarithm of a number of at least 1, with [`FRACTION`] binary digits after the point.
fn logarithm(number: u32) -> u64 {
    let whole = number.max(1).ilog2();
    let mut rest = (u64::from(number.max(1)) << 31) >> whole;
    let mut told = u64::from(whole);
    for _ in 0..FRACTION {
        rest = (rest * rest) >> 31;
        told <<= 1;
        if rest >= 1 << 32 {
            rest >>= 1;
            told |= 1;
        }
    }
    told
}

fn is_stand_in(secret: &str) -> bool {
    let lower = secret.to_ascii_lowercase();
    STAND_INS.iter().any(|word| lower.contains(word))
        || longest_run(secret) >= RUN
        || stands_for_another(secret)
        || is_path(secret)
}

/// The place of a file, which may hold a secret and is none.
fn is_path(secret: &str) -> bool {
    let folders = secret.matches('/').count();
    ["~/", "./", "../"].iter().any(|start| secret.starts_with(start)) || (secret.starts_with('/') && folders > 2)
}

/// A variable, a template or a format in place of the value.
fn stands_for_another(secret: &str) -> bool {
    let bytes = secret.as_bytes();
    let variable = bytes.first() == Some(&b'$')
        && bytes.get(1).is_some_and(|next| next.is_ascii_uppercase() || matches!(next, b'{' | b'(' | b'_'));
    variable
        || ["${", "{{", "}}", "<", ">", "%s", "%(", "***", "...", "#{", "{%"].iter().any(|sign| secret.contains(sign))
}

/// Code that fetches the value: a call, or a field of something.
fn is_call(secret: &str) -> bool {
    secret.contains("()")
        || secret.split_once('(').is_some_and(|(name, _)| {
            !name.is_empty() && name.chars().all(|c| c.is_alphanumeric() || matches!(c, '_' | '.'))
        })
        || secret.split('.').filter(|part| is_word(part) && part.len() > 1).count() > 1
}

/// Whether it is a name made of words, with numbers at their ends at most: `lookup_order_v2`.
fn is_words(secret: &str) -> bool {
    secret.split(['_', '-', '.', '/', ':', '@']).all(|part| part.is_empty() || is_word(part))
}

fn is_word(part: &str) -> bool {
    let letters = part.trim_end_matches(|c: char| c.is_ascii_digit());
    let digits = part.len() - letters.len();
    let lower = letters.chars().skip(1).all(|c| c.is_ascii_lowercase());
    let upper = letters.chars().all(|c| c.is_ascii_uppercase());
    (lower || upper) && digits <= 4 && letters.len() <= 20 && letters.chars().all(char::is_alphabetic)
}

fn longest_run(text: &str) -> usize {
    let (mut longest, mut run, mut before) = (0, 0, None);
    for c in text.chars() {
        run = if before == Some(c) { run + 1 } else { 1 };
        before = Some(c);
        longest = longest.max(run);
    }
    longest
}

/// What a text in the URL alphabet of base64 stands for, as far as it is that.
fn decoded(text: &str) -> Vec<u8> {
    let (mut bytes, mut held, mut bits) = (Vec::new(), 0_u32, 0);
    for c in text.bytes() {
        let value = match c {
            b'A'..=b'Z' => c - b'A',
            b'a'..=b'z' => c - b'a' + 26,
            b'0'..=b'9' => c - b'0' + 52,
            b'-' | b'+' => 62,
            b'_' | b'/' => 63,
            _ => break,
        };
        held = (held << 6 | u32::from(value)) & 0x00ff_ffff;
        bits += 6;
        if bits >= 8 {
            bits -= 8;
            bytes.push(((held >> bits) & 0xff).try_into().unwrap_or_default());
        }
    }
    bytes
}
