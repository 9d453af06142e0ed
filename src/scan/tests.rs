//! What is found, what is not, and what holds of every text.

use proptest::prelude::*;

use super::{
    plausible::entropy,
    rules::{FAMILIES, count},
    *,
};
use crate::object::Digest;

fn rules_of(text: &str) -> Vec<&'static str> {
    scan(text).iter().map(|hit| hit.rule).collect()
}

/// Characters that look random, the same every time.
fn random(alphabet: &str, length: usize) -> String {
    let alphabet: Vec<char> = alphabet.chars().collect();
    let mut seed = 0x2545_f491_4f6c_dd1d_u64;
    let mut next = || {
        seed ^= seed << 13;
        seed ^= seed >> 7;
        seed ^= seed << 17;
        usize::try_from(seed % alphabet.len() as u64).unwrap()
    };
    (0..length).map(|_| alphabet[next()]).collect()
}

const WORD: &str = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
const HEX: &str = "0123456789abcdef";

#[test]
fn every_pattern_compiles_and_every_rule_is_named_and_called() {
    for rule in FAMILIES.iter().flat_map(|family| family.iter()) {
        assert!(regex::Regex::new(rule.pattern).is_ok(), "{}: {}", rule.id, rule.pattern);
        assert!(!rule.words.is_empty(), "{}", rule.id);
        assert!(rule.id.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-'), "{}", rule.id);
        assert!(rule.title.starts_with("a ") || rule.title.starts_with("an ") || rule.title.starts_with("the "));
    }
    assert_eq!(rule_count(), count());
    assert!(count() > 200, "{}", count());
}

#[test]
fn tokens_of_a_shape_of_their_own_are_found_where_they_stand() {
    let tokens = [
        ("aws-access-key", format!("AKIA{}", random("ABCDEFGHIJKLMNOPQRSTUVWXYZ234567", 16))),
        ("github-token", format!("ghp_{}", random(WORD, 36))),
        ("github-token", format!("github_pat_{}_{}", random(WORD, 22), random(WORD, 59))),
        ("gitlab-token", format!("glpat-{}", random(WORD, 20))),
        ("anthropic-key", format!("sk-ant-api03-{}AA", random(WORD, 93))),
        ("openai-key", format!("sk-proj-{}T3BlbkFJ{}", random(WORD, 20), random(WORD, 20))),
        ("google-api-key", format!("AIza{}", random(WORD, 35))),
        ("slack-token", format!("xoxb-{}-{}-{}", random("123456789", 12), random("123456789", 13), random(WORD, 24))),
        (
            "slack-webhook",
            format!("https://hooks.slack.com/services/T{}/B{}/{}", random(WORD, 8), random(WORD, 8), random(WORD, 24)),
        ),
        ("stripe-key", format!("sk_live_{}", random(WORD, 24))),
        ("twilio-key", format!("SK{}", random(HEX, 32))),
        ("sendgrid-key", format!("SG.{}.{}", random(WORD, 22), random(WORD, 43))),
        ("npm-token", format!("npm_{}", random(WORD, 36))),
        ("pypi-token", format!("pypi-AgEIcHlwaS5vcmc{}", random(WORD, 70))),
        ("telegram-token", format!("{}:AA{}", random("123456789", 9), random(WORD, 33))),
        ("mailchimp-key", format!("{}-us12", random(HEX, 32))),
        ("square-secret", format!("sq0csp-{}", random(WORD, 43))),
        ("digitalocean-token", format!("dop_v1_{}", random(HEX, 64))),
        ("hugging-face-token", format!("hf_{}", random("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz", 34))),
        ("databricks-token", format!("dapi{}", random(HEX, 32))),
        ("shopify-token", format!("shpat_{}", random(HEX, 32))),
    ];
    for (rule, secret) in &tokens {
        for text in [
            secret.clone(),
            format!("use {secret}, please"),
            format!("{{\"text\": \"first\\n{secret}\\nlast\"}}"),
            format!("key='{secret}'"),
        ] {
            let hits = scan(&text);
            let hit = hits.iter().find(|hit| hit.rule == *rule).unwrap_or_else(|| panic!("{rule}: {text}: {hits:?}"));
            assert_eq!(&text[hit.range.clone()], secret, "{rule}");
            assert!(!masked(&text, &hits).contains(secret.as_str()), "{rule}");
        }
    }
}

#[test]
fn secrets_without_a_shape_are_known_by_what_stands_before_them() {
    let value = random(WORD, 40);
    let body = random(WORD, 64);
    for (rule, text) in [
        ("aws-secret-key", format!("aws_secret_access_key = \"{value}\"")),
        ("address-password", "postgres://app:s3cr3t-Pa55@db.internal:5432/orders".to_owned()),
        ("connection-password", "Server=db;Database=orders;User Id=app;Password=s3cr3tPa55;".to_owned()),
        ("authorization-header", format!("Authorization: Bearer {value}")),
        ("password", "the admin's password: Tr0ub4dor&3x".to_owned()),
        ("password", "\"db_password\": \"hunter2hunter2\"".to_owned()),
        ("secret-value", format!("client_secret={value}")),
        ("secret-value", format!("\"api_key\": \"{}\"", random(HEX, 32))),
        (
            "private-key",
            format!("-----BEGIN OPENSSH PRIVATE KEY-----\n{body}\n{body}\n-----END OPENSSH PRIVATE KEY-----"),
        ),
        ("private-key", format!("\"-----BEGIN PRIVATE KEY-----\\n{body}\\n{body}\\n-----END PRIVATE KEY-----\\n\"")),
        (
            "private-key",
            format!(
                "-----BEGIN PGP PRIVATE KEY BLOCK-----\nVersion: GnuPG v2\n\n{body}\n-----END PGP PRIVATE KEY BLOCK-----"
            ),
        ),
        ("private-key", format!("-----BEGIN RSA PRIVATE KEY-----\n{body}\n")),
    ] {
        assert_eq!(rules_of(&text), [rule], "{text}");
    }
}

#[test]
fn what_stands_for_a_secret_is_none() {
    for text in [
        "AKIAIOSFODNN7EXAMPLE",
        "password = \"${DB_PASSWORD1}\"",
        "api_key: {{ api_key_1 }}",
        "token: <your-token-goes-here-1>",
        "sk_live_xxxxxxxxxxxxxxxxxxxxxxxx",
        "Authorization: Bearer $TOKEN_1",
        "Authorization: Bearer <token>",
        "postgres://app:${PASSWORD}@db/orders",
        "postgres://app:<password>@db/orders",
        "password = os.environ[\"DB_PASSWORD_1\"]",
        "secret = settings.get_secret(\"a1\")",
        "Never tell your password, token or API key to anybody.",
        "The token limit is 4096; max_tokens: 100000000000",
        "\"token\": \"lookup_order_v2_final\"",
        "https://example.com:8080/a@b",
        "prompts/refund-triage.md 3f9a1c2b7be4410c3f9a1c2b7be4410c3f9a1c2b7be4410c3f9a1c2b7be4410c",
        "-----BEGIN PRIVATE KEY-----\n...\n-----END PRIVATE KEY-----",
        "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIGZpcnN0IGtleSBvZiBtYWludGFpbmVyIGhlcmU= maya",
    ] {
        assert_eq!(rules_of(text), Vec::<&str>::new(), "{text}");
    }
}

#[test]
fn a_hit_tells_line_and_column_and_is_fingerprinted_for_one_project() {
    let secret = format!("ghp_{}", random(WORD, 36));
    let text = format!("one\nzwölf {secret} and {secret}\n");
    let hits = scan(&text);
    let places: Vec<(u32, u32)> = hits.iter().map(|hit| (hit.line, hit.column)).collect();
    assert_eq!(places, [(2, 7), (2, 52)]);
    let (one, other) = (Digest::of(b"one"), Digest::of(b"other"));
    assert_eq!(hits[0].fingerprint(&one, &text), hits[1].fingerprint(&one, &text));
    assert_ne!(hits[0].fingerprint(&one, &text), hits[0].fingerprint(&other, &text));
    assert_eq!(masked(&text, &hits), "one\nzwölf [secret: github-token] and [secret: github-token]\n");
    assert!(!format!("{hits:?}").contains(&secret));
}

#[test]
fn what_stands_in_the_place_of_a_secret_is_none_itself() {
    for rule in FAMILIES.iter().flat_map(|family| family.iter()) {
        let text = format!("password: [secret: {}] and token=[secret: {0}]", rule.id);
        assert_eq!(rules_of(&text), Vec::<&str>::new(), "{text}");
    }
}

#[test]
fn randomness_is_measured_in_whole_numbers() {
    assert_eq!([entropy(""), entropy("aaaa"), entropy("abab"), entropy("abcdefgh")], [0, 0, 1000, 3000]);
    assert!((1_584..=1_585).contains(&entropy("abc")));
}

#[test]
fn a_hostile_text_takes_no_longer_than_its_length() {
    let words: String = FAMILIES
        .iter()
        .flat_map(|f| f.iter())
        .flat_map(|rule| rule.words)
        .fold(String::new(), |all, word| all + word + " ");
    let began = std::time::Instant::now();
    for text in [
        words.repeat(20),
        "eyJ".repeat(20_000),
        "-----BEGIN PRIVATE KEY-----".repeat(4_000),
        "password=password=".repeat(5_000),
        "a:".repeat(50_000),
        "http://a:".repeat(10_000),
        "A".repeat(100_000),
        "1 ".repeat(50_000),
        "xoxb-".repeat(20_000),
    ] {
        scan(&text);
        personal(&text);
    }
    assert!(began.elapsed().as_secs() < 60, "{:?}", began.elapsed());
}

#[test]
fn data_about_people_is_found_by_its_check_digits() {
    let about = |text: &str| personal(text).iter().map(|hit| hit.about.word()).collect::<Vec<_>>();
    for (text, wanted) in [
        ("card 4111 1111 1111 1111, thanks", "card"),
        ("5500005555555559", "card"),
        ("3782-822463-10005", "card"),
        ("IBAN DE89 3704 0044 0532 0130 00 PLEASE", "iban"),
        ("GB82WEST12345698765432", "iban"),
        ("write to anna.schmidt@posteo.de.", "email"),
        ("call +49 (30) 901820 today", "phone"),
        ("call (212) 736-5000", "phone"),
    ] {
        assert_eq!(about(text), [wanted], "{text}");
    }
    for text in [
        "4111 1111 1111 1112",
        "0000 0000 0000 0000",
        "order 1234567890123456",
        "DE89 3704 0044 0532 0130 01",
        "anna@example.com, bob@mail.example.org, eve@shop.test",
        "call 212-555-0123",
        "2026-11-21 12:00:00",
        "3f9a1c2b7be4410c",
    ] {
        assert_eq!(about(text), Vec::<&str>::new(), "{text}");
    }
}

#[test]
fn nothing_is_shown_because_there_is_more_of_it() {
    let last = format!("ghp_{}", random(WORD, 36));
    let text = format!("{}{last}\n", format!("ghp_{}\n", "aB3dE6gH9jK2mN5pQ8sT1vW4yZ7bC0eF3hI6").repeat(1500));
    assert_eq!(scan(&text).len(), 1000, "whoever refuses needs no more");
    assert!(!safe(&text).contains("ghp_"));
    assert!(!Exceptions::default().masked(&text).0.contains("ghp_"));
    assert!(!veiled(&text, "").0.contains("ghp_"));
}

proptest! {
    #[test]
    fn any_text_is_scanned_alike_twice_and_masked_for_good(text in "\\PC{0,200}|[a-z:=@/. \"'\\n-]{0,300}|(eyJ|sk-|AKIA|ghp_|://|password=|[A-Za-z0-9.:@]{1,20}){0,20}") {
        let hits = scan(&text);
        prop_assert_eq!(&hits, &scan(&text));
        for hit in &hits {
            prop_assert!(text.get(hit.range.clone()).is_some_and(|secret| !secret.is_empty()));
        }
        let hidden = masked(&text, &hits);
        prop_assert!(hits.is_empty() == (hidden == text));
        for hit in personal(&text) {
            prop_assert!(text.get(hit.range).is_some());
        }
    }

    #[test]
    fn a_token_is_found_whatever_stands_around_it(before in "[ -~\\n]{0,80}", after in "[ -~\\n]{0,80}") {
        let secret = format!("ghp_{}", random(WORD, 36));
        let text = format!("{before} {secret} {after}");
        prop_assert!(!masked(&text, &scan(&text)).contains(&secret), "{text}");
    }
}
